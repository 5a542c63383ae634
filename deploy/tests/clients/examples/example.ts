import { randomUUID } from 'node:crypto';
import { io } from 'socket.io-client';
import { afterEach, expect } from 'vitest';
import { Connection } from '../../contracts/connections.ts';
import { type Json, request } from '../../whole-stack/chat-user.ts';
import type { Target } from '../../whole-stack/target.ts';

export const unique = () => randomUUID().slice(0, 8);

/** Acts like a reader of a document who copies its calls and events as printed. */
export function createReader(target: () => Target) {
  const connections: Connection[] = [];
  afterEach(() => {
    for (const connection of connections.splice(0)) connection.close();
  });
  const keep = (connection: Connection) => {
    connections.push(connection);
    return connection;
  };
  const call = (
    token: string | undefined,
    printed: string,
    body?: unknown,
  ): Promise<{ status: number; body: Json }> => {
    const [method = '', path = ''] = printed.split(' ');
    return request(target().url, method, path, body, token);
  };
  return {
    call,
    /** The body of a call that must succeed. */
    ok: async (token: string | undefined, printed: string, body?: unknown): Promise<Json> => {
      const response = await call(token, printed, body);
      expect([printed, response.status < 300, response.body]).toEqual([printed, true, response.body]);
      return response.body;
    },
    keep,
    /** Connects by Socket.IO as printed, with nothing but `auth: {token}`. */
    connect: async (token: string, namespace = ''): Promise<Connection> => {
      const socket = io(target().url + namespace, { auth: { token } });
      const connection = new Connection(
        (event, data) => socket.emit(event, data),
        () => socket.disconnect(),
      );
      socket.onAny((event, data) => connection.received.push({ event, data }));
      keep(connection);
      await new Promise<void>((resolve, reject) => {
        socket.once('connect', resolve);
        socket.once('connect_error', reject);
      });
      return connection;
    },
  };
}

/** Expects all fields that the document lists. */
export function expectFields(object: Json, fields: string): void {
  expect(Object.keys(object)).toEqual(expect.arrayContaining(fields.split(' ')));
}
