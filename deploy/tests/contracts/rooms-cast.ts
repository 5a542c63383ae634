import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { Target } from '../whole-stack/target.ts';
import { createCast, type Person, password } from './cast.ts';
import type { Connection } from './connections.ts';

/** Common actions of a `rooms` client, with the document's own paths, bodies and events. */
export function roomsCast(target: () => Target) {
  const cast = createCast(target, '/api/v1');
  const { ask, connect, must } = cast;
  return {
    ...cast,
    register: async (name: string): Promise<Person> => {
      const username = `${name}-${randomUUID().slice(0, 8)}`;
      const answer = await ask('POST', '/auth/register', {
        username,
        email: `${username}@example.org`,
        password,
      });
      expect(answer.status).toBe(201);
      return { id: answer.body.user.id, username, token: answer.body.accessToken };
    },
    /** A public room and its members. */
    make: async (owner: Person, ...others: Person[]): Promise<string> => {
      const { id } = await must(owner, 'POST', '/rooms', { name: 'the garden' });
      for (const other of others) await must(other, 'POST', `/rooms/${id}/join`);
      return id;
    },
    /** A connection that has joined that room. */
    enter: async (person: Person, roomId: string, gateway: 0 | 1 = 0): Promise<Connection> => {
      const connection = await connect(person, gateway);
      connection.emit('join_room', { roomId });
      expect(await connection.receives('room_joined', { roomId })).toMatchObject({ roomId });
      return connection;
    },
  };
}
export type RoomsCast = ReturnType<typeof roomsCast>;
