import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { Json } from '../whole-stack/chat-user.ts';
import type { Target } from '../whole-stack/target.ts';
import { createCast, password } from './cast.ts';

export interface Talker {
  id: string;
  email: string;
  token: string;
}

/** Common actions of a `direct` client. */
export function directCast(target: () => Target) {
  const cast = createCast(target);
  return {
    ...cast,
    register: async (name: string): Promise<Talker> => {
      const email = `${name}-${randomUUID().slice(0, 8)}@example.org`;
      const { status, body } = await cast.ask('POST', '/api/auth/register', { email, password });
      expect(status).toBe(201);
      return { id: body.user.id, email, token: body.token };
    },
    /** The messages, or status and code of the error. */
    history: async (person: Talker, other: string, query = ''): Promise<Json> => {
      const { status, body } = await cast.call(person, 'GET', `/api/messages/${other}${query}`);
      return status === 200 ? body : [status, body.code];
    },
  };
}
export type DirectCast = ReturnType<typeof directCast>;
