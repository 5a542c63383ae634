import { publishEvent } from '@parley/bus';
import { makeEvent, type RoomState, type Submission } from '@parley/contracts';
import { connectDatabase, type Database } from '@parley/database';
import { newId } from '@parley/runtime';
import { createTestDatabase, eventually, type TestDatabase, testServices } from '@parley/testkit';
import { expect } from 'vitest';
import { type Json, type MessagesHarness, type Person, startMessages } from './messages-harness.ts';

export type Question = Record<string, string | readonly string[]>;

export const path = (room: RoomState, rest = ''): string => `/api/v1/rooms/${room.id}/messages${rest}`;

/** The messages service, its database and what tests of the search do with them. */
export class SearchPlace {
  readonly database: TestDatabase;
  readonly db: Database;
  readonly messages: MessagesHarness;

  private constructor(database: TestDatabase, messages: MessagesHarness) {
    this.database = database;
    this.messages = messages;
    this.db = connectDatabase({ url: database.url, schema: 'messages' });
  }

  /** @param options of `create database` */
  static async start(options?: string): Promise<SearchPlace> {
    const database = await createTestDatabase(testServices().databaseUrl, options);
    const messages = await startMessages({ database, env: { ERASE_MESSAGES: 'delete' } });
    for (const topic of ['timeline', 'directory'] as const)
      await messages.bus.consume(topic, 'notifications', async () => undefined);
    return new SearchPlace(database, messages);
  }

  async stop(): Promise<void> {
    await this.db.destroy();
    await this.messages.stop();
    await this.database.drop();
  }

  async search(who: Person, question: Question): Promise<Json> {
    const query = new URLSearchParams(
      Object.entries(question).flatMap(([name, value]) =>
        [value].flat().map((one): [string, string] => [name, `${one}`]),
      ),
    );
    const found = await this.messages.call(who, 'GET', `/api/v1/search/messages?${query}`);
    expect(found).toMatchObject({ status: 200 });
    return found.body;
  }

  async found(who: Person, question: Question): Promise<string[]> {
    return (await this.search(who, question)).hits.map(({ message }: Json) => message.content);
  }

  /** Reads all pages. */
  async foundInAll(who: Person, question: Question, limit: number): Promise<Json[]> {
    const hits: Json[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: Json = await this.search(who, {
        ...question,
        limit: `${limit}`,
        ...(cursor && { cursor }),
      });
      expect(page.hits.length).toBeLessThanOrEqual(limit);
      hits.push(...page.hits.map(({ message }: Json) => message));
      cursor = page.nextCursor;
    }
    return hits;
  }

  /** Resolves when the index contains everything. */
  indexed(): Promise<void> {
    return eventually(async () => {
      const { rows } = await this.db.raw(
        `select r.id from rooms r left join indexed_rooms i on i.room_id = r.id
          where r.seq > coalesce(i.indexed_seq, 0)`,
      );
      expect(rows).toEqual([]);
    });
  }

  /** Stops the indexer, as if its process had ended. Searches only read. */
  async frozen<T>(work: () => Promise<T>): Promise<T> {
    const trx = await this.db.transaction();
    await trx.raw('lock table indexed_rooms in share mode');
    try {
      return await work();
    } finally {
      await trx.rollback();
    }
  }

  edit(who: Person, room: RoomState, id: string, content: string) {
    return this.messages.call(who, 'PUT', path(room, `/${id}`), { content });
  }

  async expire(roomId: string, upTo: number): Promise<void> {
    const { bus } = this.messages;
    const by = { userId: roomId, username: '' };
    const items: Submission[] = [{ ref: 0, id: newId(), roomId, by, op: 'expire', after: 0, upTo }];
    const event = makeEvent('timeline.submitted', { origin: null, items }, { id: newId(), now: Date.now() });
    await bus.publish('submissions', bus.partitionOf('submissions', roomId), event);
  }

  async erase({ userId }: Person): Promise<void> {
    const event = makeEvent('profile.erased', { userId }, { id: newId(), now: Date.now() });
    await publishEvent(this.messages.bus, event);
  }
}
