import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { Json } from '../whole-stack/chat-user.ts';
import type { Target } from '../whole-stack/target.ts';
import { createCast, type Person, password } from './cast.ts';
import type { Connection } from './connections.ts';

/** Common actions of a `conversations` client, with the document's own paths, bodies and events. */
export function conversationsCast(target: () => Target) {
  const cast = createCast(target);
  const { ask, connect, must } = cast;
  return {
    ...cast,
    register: async (name: string): Promise<Person> => {
      const username = `${name}-${randomUUID().slice(0, 8)}`;
      const { status, body } = await ask('POST', '/auth/register', {
        username,
        email: `${username}@example.org`,
        password,
      });
      expect([status, body.user?.username]).toEqual([201, username]);
      return { id: body.user.user_id, username, token: body.token };
    },
    direct: async (a: Person, b: Person): Promise<string> =>
      (await must(a, 'POST', '/conversations', { is_group: false, participant_ids: [a.id, b.id] }))
        .conversation_id,
    group: async (owner: Person, ...others: Person[]): Promise<string> => {
      const participant_ids = others.map(({ id }) => id);
      return (
        await must(owner, 'POST', '/conversations', { name: 'book club', is_group: true, participant_ids })
      ).conversation_id;
    },
    say: (person: Person, conversation_id: string, content: string): Promise<Json> =>
      must(person, 'POST', '/messages', { content, conversation_id }),
    /** A connection that views the conversation. */
    watch: async (person: Person, conversationId: string, gateway: 0 | 1 = 0): Promise<Connection> => {
      const connection = await connect(person, gateway);
      connection.emit('joinConversation', conversationId);
      await connection.receives('roomJoined', { conversationId });
      return connection;
    },
  };
}
export type ConversationsCast = ReturnType<typeof conversationsCast>;
