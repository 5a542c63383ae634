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
/** An id that nothing has. */
export const nobody = '00000000-0000-7000-8000-000000000000';

/** How the people of a contract's suite call and connect. @param base what every path of the contract begins with */
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
    /** By nobody, unless a token is given. */
    ask,
    call,
    /** The answer of what has to succeed. */
    must: async (person: Person, method: string, path: string, body?: unknown): Promise<Json> => {
      const answer = await call(person, method, path, body);
      expect([method, path, answer.status < 300, answer.body]).toEqual([method, path, true, answer.body]);
      return answer.body;
    },
    /** Status and code of what has to fail. */
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
