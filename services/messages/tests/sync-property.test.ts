import { makeEvent, type RoomState, type Submission } from '@parley/contracts';
import { newId } from '@parley/runtime';
import { freshSnapshot, type Rest, SyncedClient, type SyncManner } from '@parley/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MessagesHarness, type Person, person, startMessages } from './messages-harness.ts';

let messages: MessagesHarness;
beforeAll(async () => {
  messages = await startMessages({ twoDatabases: true });
  await messages.bus.consume('timeline', 'notifications', async () => undefined);
  await messages.bus.consume('directory', 'notifications', async () => undefined);
  for (const group of ['gateway', 'notifications'] as const)
    await messages.bus.consume('account', group, async () => undefined);
});
afterAll(() => messages.stop());

const restOf = (who: Person): Rest => ({
  call: (method, path, body) => messages.call(who, method, path, body),
  rooms: async () => messages.roomsOf(who),
});

const seed = 4;
const which = fc.nat(1_000);
const by = { who: which, room: which };
const about = { ...by, message: which };
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      ...{ do: fc.constant('send' as const), ...about, mention: fc.option(which) },
      place: fc.constantFrom('room', 'room', 'thread', 'both'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('edit' as const), ...about, mention: fc.option(which) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), ...about }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('react' as const),
      ...about,
      reaction: fc.constantFrom('👍', '❤️'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('pin' as const), ...about, on: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('set' as const), ...by, order: fc.nat(9) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      ...{ do: fc.constant('thread' as const), ...about },
      what: fc.constantFrom('read', 'unread', 'follow', 'unfollow', 'read all', 'read the room'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      ...{ do: fc.constant('keep' as const), ...about },
      what: fc.constantFrom('draft', 'draft in a thread', 'no draft', 'bookmark', 'no bookmark', 'level'),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('read' as const), ...about, toEnd: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('deliver' as const), ...about }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('join' as const), ...by }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('leave' as const),
      ...by,
      reason: fc.constantFrom('left' as const, 'removed' as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('expire' as const), room: which, message: which }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('rename' as const), room: which }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('create' as const), members: fc.nat(7), direct: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('close' as const), room: which }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;
/** A client takes a snapshot over REST. */
const look = fc.record({ do: fc.constant('look' as const), who: which });
/** A client with an older snapshot syncs page by page, while others write. */
const cut = fc.record({
  do: fc.constant('cut' as const),
  client: which,
  limit: fc.integer({ min: 1, max: 6 }),
  roomsPerCall: fc.integer({ min: 1, max: 3 }),
  meanwhile: fc.array(step, { maxLength: 4 }),
});
const history = fc.array(
  fc.oneof({ weight: 12, arbitrary: step }, { weight: 1, arbitrary: look }, { weight: 2, arbitrary: cut }),
  {
    minLength: 10,
    maxLength: 60,
  },
);

/**
 * A few people, their rooms and their actions. The service refuses actions that are not allowed.
 */
class World {
  readonly people = ['ada', 'bob', 'eve'].map(person);
  readonly rooms: { room: RoomState; said: { id: string; seq: number }[] }[] = [];
  #drafts = 0;

  async apply(action: Step): Promise<void> {
    const of = <T>(items: readonly T[], index: number): T | undefined =>
      items[index % Math.max(items.length, 1)];
    if (action.do === 'create') {
      const chosen = this.people.filter((_, index) => action.members & (1 << index));
      const people = action.direct ? this.people.slice(action.members % 2).slice(0, 2) : chosen;
      if (people.length > 0)
        this.rooms.push({
          room: await messages.room(people, { kind: action.direct ? 'direct' : 'group' }),
          said: [],
        });
      return;
    }
    const place = of(this.rooms, action.room);
    if (!place) return;
    const { room, said } = place;
    if (action.do === 'rename') return messages.change(room, { name: `room ${said.length}` });
    if (action.do === 'close') {
      this.rooms.splice(this.rooms.indexOf(place), 1);
      return messages.close(room);
    }
    if (action.do === 'expire') return this.#expire(room, of(said, action.message)?.seq ?? 0);
    const who = of(this.people, action.who) as Person;
    const isMember = messages.roomsOf(who).some(({ id }) => id === room.id);
    if (action.do === 'join' || action.do === 'leave') {
      if (room.kind === 'direct' || isMember === (action.do === 'join')) return;
      return action.do === 'join' ? messages.join(room, who) : messages.leave(room, who, action.reason);
    }
    const path = `/api/v1/rooms/${room.id}/messages`;
    if (action.do === 'send') {
      const root = action.place === 'room' ? undefined : of(said, action.message)?.id;
      const sent = await this.#ask(who, 'POST', path, {
        content: `${who.username} ${said.length}`,
        ...this.#mentions(action.mention),
        ...(root && { threadRoot: root, alsoInRoom: action.place === 'both' || undefined }),
      });
      if (sent.status === 201) said.push({ id: sent.body.id, seq: sent.body.seq });
      return;
    }
    if (action.do === 'set') {
      await this.#ask(who, 'PUT', `/api/v1/rooms/${room.id}/settings`, { order: action.order });
      return;
    }
    const messageId = of(said, action.message)?.id;
    if (action.do === 'read')
      await this.#ask(who, 'POST', `${path}/read`, action.toEnd || !messageId ? {} : { messageId });
    else if (!messageId) return;
    else if (action.do === 'edit')
      await this.#ask(who, 'PUT', `${path}/${messageId}`, {
        content: `edited by ${action.message}`,
        ...this.#mentions(action.mention),
      });
    else if (action.do === 'thread') await this.#thread(who, path, messageId, action.what);
    else if (action.do === 'keep') await this.#keep(who, room, messageId, action.what);
    else if (action.do === 'pin')
      await this.#ask(who, action.on ? 'PUT' : 'DELETE', `${path}/${messageId}/pin`);
    else if (action.do === 'delete') await this.#ask(who, 'DELETE', `${path}/${messageId}`);
    else if (action.do === 'react')
      await this.#ask(who, 'POST', `${path}/${messageId}/reactions`, { reaction: action.reaction });
    else await this.#ask(who, 'PUT', `/messages/${messageId}/status`, { status: 'delivered' });
  }

  #mentions(index: number | null) {
    const one = index === null ? undefined : this.people[index % this.people.length];
    return one && { mentions: { userIds: [one.userId], room: index === 0 } };
  }

  async #thread(who: Person, path: string, messageId: string, what: string): Promise<void> {
    const thread = `${path}/${messageId}/thread`;
    if (what === 'read') await this.#ask(who, 'POST', `${thread}/read`, {});
    else if (what === 'unread') await this.#ask(who, 'POST', `${thread}/read`, { seq: 1, unread: true });
    else if (what === 'read all')
      await this.#ask(who, 'POST', `${path.replace(/messages$/, '')}threads/read`);
    else if (what === 'read the room') await this.#ask(who, 'POST', `${path}/read`, { threads: true });
    else await this.#ask(who, what === 'follow' ? 'PUT' : 'DELETE', `${thread}/follow`);
  }

  async #keep(who: Person, { id: roomId }: RoomState, messageId: string, what: string): Promise<void> {
    const room = `/api/v1/rooms/${roomId}`;
    if (what.includes('draft')) {
      const content = what === 'no draft' ? '' : `draft ${this.#drafts++}`;
      const thread = what === 'draft in a thread' ? { threadRoot: messageId } : {};
      const put = (ifSeq: number) => this.#ask(who, 'PUT', `${room}/draft`, { content, ifSeq, ...thread });
      const { status, body } = await put(0);
      if (status === 409) await put(body.current.seq);
    } else if (what === 'level')
      await this.#ask(who, 'PUT', '/api/v1/me/notification-settings', { level: 'mentions' });
    else
      await this.#ask(who, what === 'bookmark' ? 'PUT' : 'DELETE', `${room}/messages/${messageId}/bookmark`);
  }

  /** Expires the messages up to `upTo`. */
  async #expire({ id: roomId }: RoomState, upTo: number): Promise<void> {
    const by = { userId: roomId, username: '' };
    const items: Submission[] = [{ ref: 0, id: newId(), roomId, by, op: 'expire', after: 0, upTo }];
    const event = makeEvent('timeline.submitted', { origin: null, items }, { id: newId(), now: Date.now() });
    await messages.bus.publish('submissions', messages.bus.partitionOf('submissions', roomId), event);
  }

  async #ask(who: Person, method: string, path: string, body?: object) {
    const answer = await messages.call(who, method, path, body);
    if (answer.status >= 500)
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer;
  }
}

test(`property (seed ${seed}): an old snapshot plus sync equals a new one, even during writes`, async () => {
  await fc.assert(
    fc.asyncProperty(history, async (actions) => {
      const world = new World();
      const clients: { rest: Rest; client: SyncedClient }[] = [];
      const look = async (who: Person | undefined) => {
        const rest = restOf(who as Person);
        const client = new SyncedClient(rest);
        clients.push({ rest, client });
        await client.load();
      };
      const catchUp = async ({ rest, client }: { rest: Rest; client: SyncedClient }, manner: SyncManner) => {
        await client.sync(manner);
        expect(client.snapshot()).toEqual(await freshSnapshot(rest));
      };
      for (const direct of [false, true]) await world.apply({ do: 'create', members: 7, direct });
      for (const who of world.people) await look(who);
      for (const action of actions) {
        if (action.do === 'look') await look(world.people[action.who % 3]);
        else if (action.do !== 'cut') await world.apply(action);
        else {
          const one = clients[action.client % clients.length] as (typeof clients)[0];
          const { limit, roomsPerCall } = action;
          const left = [...action.meanwhile];
          const meanwhile = async () => {
            const next = left.shift();
            if (next) await world.apply(next);
          };
          await one.client.sync({ limit, roomsPerCall, meanwhile });
          await catchUp(one, { limit, roomsPerCall });
        }
      }
      for (const [index, one] of clients.entries()) await catchUp(one, { limit: 2 + index, roomsPerCall: 2 });
    }),
    { seed, numRuns: 40, interruptAfterTimeLimit: 40_000 },
  );
});
