import { randomUUID } from 'node:crypto';
import { io } from 'socket.io-client';
import { afterEach, expect } from 'vitest';
import { Line } from '../../contracts/lines.ts';
import { type Json, request } from '../../whole-stack/chat-user.ts';
import type { Target } from '../../whole-stack/target.ts';

export const unique = () => randomUUID().slice(0, 8);

/** Acts like a reader of a document who copies its calls and events as printed. */
export function createReader(target: () => Target) {
  const lines: Line[] = [];
  afterEach(() => {
    for (const line of lines.splice(0)) line.close();
  });
  const keep = (line: Line) => {
    lines.push(line);
    return line;
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
    connect: async (token: string, namespace = ''): Promise<Line> => {
      const socket = io(target().url + namespace, { auth: { token } });
      const line = new Line(
        (event, data) => socket.emit(event, data),
        () => socket.disconnect(),
      );
      socket.onAny((event, data) => line.heard.push({ event, data }));
      keep(line);
      await new Promise<void>((resolve, reject) => {
        socket.once('connect', resolve);
        socket.once('connect_error', reject);
      });
      return line;
    },
  };
}

/** Expects all fields that the document lists. */
export function expectFields(object: Json, fields: string): void {
  expect(Object.keys(object)).toEqual(expect.arrayContaining(fields.split(' ')));
}
