import type { Message, RoomState } from '@parley/contracts';
import { connectDatabase, type Database } from '@parley/database';
import { createTestDatabase } from '@parley/testkit';
import { type Json, type MessagesHarness, type Person, person, startMessages } from './messages-harness.ts';

export const ann = person('ann');

export const pathOf = ({ id }: RoomState, messageId = ''): string =>
  `/api/v1/rooms/${id}/messages${messageId && `/${messageId}`}`;

/** The parts of the text that mention each user; null: the text does not name the user. */
export const partsOf = ({ content, mentions = [] }: Message): [string, string | null][] =>
  mentions.map(({ userId, start, length = 0 }) => [
    userId,
    start === undefined ? null : content.slice(start, start + length),
  ]);

/** The messages service with its database, and a clock that the test may advance. */
export class MentionPlace {
  readonly messages: MessagesHarness;
  readonly db: Database;
  readonly #time: { now: number };
  readonly #drop: () => Promise<void>;

  private constructor(parts: {
    messages: MessagesHarness;
    db: Database;
    time: { now: number };
    drop: () => Promise<void>;
  }) {
    this.messages = parts.messages;
    this.db = parts.db;
    this.#time = parts.time;
    this.#drop = parts.drop;
  }

  static async start(env: Record<string, string> = {}, { twoDatabases = false } = {}): Promise<MentionPlace> {
    const database = await createTestDatabase();
    const time = { now: Date.now() };
    const messages = await startMessages({ database, twoDatabases, env, clock: () => time.now });
    await messages.bus.consume('timeline', 'notifications', async () => undefined);
    await messages.bus.consume('directory', 'notifications', async () => undefined);
    for (const group of ['gateway', 'notifications'] as const)
      await messages.bus.consume('account', group, async () => undefined);
    const db = connectDatabase({ url: database.url, schema: 'messages', pool: 2 });
    return new MentionPlace({ messages, db, time, drop: () => database.drop() });
  }

  /** Returns the time then. */
  advance(ms: number): number {
    this.#time.now += ms;
    return this.#time.now;
  }

  edit(room: RoomState, { id }: Message, content: string, more: object = {}) {
    return this.messages.call(ann, 'PUT', pathOf(room, id), { content, ...more });
  }

  /** Unread messages and unread mentions of a room. */
  async unreadOf(who: Person, room: RoomState): Promise<[number, number]> {
    const { body } = await this.messages.call(who, 'GET', '/api/v1/unread');
    const found = body.rooms.find(({ roomId }: Json) => roomId === room.id);
    return [found?.unread ?? 0, found?.mentions ?? 0];
  }

  async stop(): Promise<void> {
    await this.messages.stop();
    await this.db.destroy();
    await this.#drop();
  }
}
