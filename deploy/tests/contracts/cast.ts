import { afterEach, expect } from 'vitest';
import { type Json, request } from '../whole-stack/chat-user.ts';
import type { Target } from '../whole-stack/target.ts';
import { type Line, socketIoLine } from './lines.ts';

export interface Person {
  id: string;
  username: string;
  token: string;
}

export const password = 'correct horse';
/** An id that does not exist. */
export const nobody = '00000000-0000-7000-8000-000000000000';

/**
 * REST calls and connections of the people in a contract's suite. @param base prefix of every path
 */
export function createCast(target: () => Target, base = '') {
  const lines: Line[] = [];
  afterEach(() => {
    for (const line of lines.splice(0)) line.close();
  });
  const ask = (method: string, path: string, body?: unknown, token?: string) =>
    request(target().url, method, base + path, body, token);
  const call = (person: Person, method: string, path: string, body?: unknown) =>
    ask(method, path, body, person.token);
  return {
    target,
    /** Anonymous unless a token is given. */
    ask,
    call,
    /** The response of a call that must succeed. */
    must: async (person: Person, method: string, path: string, body?: unknown): Promise<Json> => {
      const answer = await call(person, method, path, body);
      expect([method, path, answer.status < 300, answer.body]).toEqual([method, path, true, answer.body]);
      return answer.body;
    },
    /** Status and code of a call that must fail. */
    refusal: async (person: Person, method: string, path: string, body?: unknown) => {
      const answer = await call(person, method, path, body);
      return [answer.status, answer.body?.code];
    },
    /** Socket.IO at one of the gateways; closed after the test. */
    connect: async (person: Person, gateway: 0 | 1 = 0, namespace = ''): Promise<Line> => {
      const line = await socketIoLine(target().gateways[gateway] + namespace, person.token);
      lines.push(line);
      return line;
    },
  };
}
