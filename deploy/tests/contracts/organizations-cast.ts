import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { type Json, request } from '../whole-stack/chat-user.ts';
import type { Target } from '../whole-stack/target.ts';

export interface Person {
  id: string;
  username: string;
  email: string;
  organizationId: string;
  role: string;
  token: string;
  refreshToken: string;
}

export const password = 'correct horse';
export const unique = () => randomUUID().slice(0, 8);

/** Members of organizations and their REST calls. */
export function organizationsCast(target: () => Target) {
  const post = (path: string, body: unknown, token?: string) =>
    request(target().url, 'POST', path, body, token);
  const call = (person: Person, method: string, path: string, body?: unknown) =>
    request(target().url, method, path, body, person.token);
  const person = ({ user, token, refreshToken }: Json): Person => ({
    ...{
      id: user.id,
      username: user.username,
      email: user.email,
      organizationId: user.organization_id,
      role: user.role,
    },
    ...{ token, refreshToken },
  });
  const register = async (username: string, organizationName: string, role = 'user'): Promise<Person> => {
    const email = `${unique()}@example.org`;
    const { status, body } = await post('/api/auth/register', {
      username,
      email,
      password,
      organizationName,
      role,
    });
    expect([username, status]).toEqual([username, 201]);
    return person(body);
  };
  /** A founder and other members of one organization. */
  const colleagues = async (...names: string[]): Promise<Person[]> => {
    const organization = `Org ${unique()}`;
    const people: Person[] = [];
    for (const [index, name] of names.entries()) {
      people.push(await register(`${name} ${unique()}`, organization, index === 0 ? 'admin' : 'user'));
    }
    return people;
  };
  const makeRoom = async (owner: Person, name = 'General') => {
    const { status, body } = await call(owner, 'POST', '/api/chat', { name });
    expect(status).toBe(201);
    return body;
  };
  const code = async (answer: Promise<{ status: number; body: Json }>) => {
    const { status, body } = await answer;
    return [status, body?.code];
  };

  return { post, call, person, register, colleagues, makeRoom, code };
}
