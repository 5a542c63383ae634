import { afterEach, expect } from 'vitest';
import { type Json, request } from '../whole-stack/chat-user.ts';
import type { Target } from '../whole-stack/target.ts';
import { type Connection, connectSocketIo } from './connections.ts';

export interface Person {
  id: string;
  username: string;
  token: string;
}

export const password = 'correct horse';
/** An id that does not exist. */
export const nobody = '00000000-0000-7000-8000-000000000000';

type Caller = Pick<Person, 'token'>;

/**
 * REST calls and connections of the people in a contract's suite.
 * @param base prefix of every path
 * @param open opens a connection to a gateway. @default Socket.IO
 */
export function createCast(target: () => Target, base = '', open = connectSocketIo) {
  const connections: Connection[] = [];
  afterEach(() => {
    for (const connection of connections.splice(0)) connection.close();
  });
  const connect = async (person: Caller, gateway: 0 | 1 = 0, namespace = ''): Promise<Connection> => {
    const connection = await open(target().gateways[gateway] + namespace, person.token);
    connections.push(connection);
    return connection;
  };
  const ask = (method: string, path: string, body?: unknown, token?: string) =>
    request(target().url, method, base + path, body, token);
  const call = (person: Caller, method: string, path: string, body?: unknown) =>
    ask(method, path, body, person.token);
  return {
    target,
    /** Anonymous unless a token is given. */
    ask,
    call,
    /** The response of a call that must succeed. */
    must: async (person: Caller, method: string, path: string, body?: unknown): Promise<Json> => {
      const answer = await call(person, method, path, body);
      expect([method, path, answer.status < 300, answer.body]).toEqual([method, path, true, answer.body]);
      return answer.body;
    },
    /** Status and code of a call that must fail. */
    refusal: async (person: Caller, method: string, path: string, body?: unknown) => {
      const answer = await call(person, method, path, body);
      return [answer.status, answer.body?.code];
    },
    /** A connection to one of the gateways; closed after the test. */
    connect,
    /** A connection for each, to the two gateways in turn. */
    connectAll: <People extends readonly Caller[]>(...people: People) =>
      Promise.all(people.map((person, index) => connect(person, index % 2 === 0 ? 0 : 1))) as Promise<{
        [Index in keyof People]: Connection;
      }>,
  };
}
