import type { RoomState } from '@parley/contracts';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MentionPlace } from './mentions-harness.ts';
import { type Json, type MessagesHarness, type Person, person } from './messages-harness.ts';

let at: MentionPlace;
let messages: MessagesHarness;
beforeAll(async () => {
  at = await MentionPlace.start({ ROOM_MENTION_RATE: 'off' }, { twoDatabases: true });
  messages = at.messages;
});
afterAll(() => at?.stop());

const seed = 17;
const which = fc.nat(1_000);
const names = ['ann', 'ann lee', 'bob', 'bobby', 'eve', 'zoë'];
const text = fc.array(fc.constantFrom(...names.map((name) => `@${name}`), 'hello', '@room', 'me@bob.org'), {
  minLength: 1,
  maxLength: 4,
});
const stated = fc.option(fc.record({ users: fc.array(which, { maxLength: 3 }), room: fc.boolean() }));
const action = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('send' as const), who: which, room: which, text, stated }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('edit' as const), message: which, text, stated }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), message: which }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('read' as const), who: which, room: which, to: fc.option(which) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('member' as const), who: which, room: which }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('rename' as const),
      who: which,
      name: fc.constantFrom(...names),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('set' as const),
      who: which,
      room: which,
      settings: fc.record({
        level: fc.constantFrom('default', 'all', 'mentions', 'none'),
        mutedUntil: fc.constantFrom(null, null, '9999-12-31T23:59:59.999Z', '2001-01-01T00:00:00.000Z'),
        roomMentions: fc.boolean(),
      }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('level' as const),
      who: which,
      level: fc.constantFrom('all', 'mentions', 'none'),
    }),
  },
);

interface Said {
  id: string;
  seq: number;
  changedSeq: number;
  room: RoomState;
  by: string;
  /** User or `room` → the change that mentioned them first, in all versions of the text. */
  since: Map<string, number>;
  /** Users, and `room` for all members. */
  mentioned: Set<string>;
  deleted: boolean;
}

type Action = typeof action extends fc.Arbitrary<infer A> ? A : never;
type Settings = Extract<Action, { do: 'set' }>['settings'];
const unset: Settings = { level: 'default', mutedUntil: null, roomMentions: true };
const noneUnread = { unread: 0, mentions: 0 };

/** The members with the longest name after each `@`. The names of the test are ended by spaces. */
function mentionedBy(words: readonly string[], members: readonly Person[]) {
  const found = new Set<string>();
  const content = `${words.join(' ')} `;
  for (let at = content.indexOf('@'); at >= 0; at = content.indexOf('@', at + 1)) {
    if (at > 0 && content[at - 1] !== ' ') continue;
    const rest = content.slice(at + 1);
    const fits = members.filter(({ username }) => rest.startsWith(`${username} `));
    const longest = Math.max(0, ...fits.map(({ username }) => username.length));
    for (const { userId, username } of fits) if (username.length === longest) found.add(userId);
    if (fits.length === 0 && rest.startsWith('room ')) found.add('room');
  }
  return found;
}

test(`property (seed ${seed}): unread counts and the badge are what a naive count says`, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 15, maxLength: 45 }), async (actions) => {
      const people = ['ann', 'bob', 'eve'].map(person) as [Person, Person, Person];
      const rooms = [await messages.room(people), await messages.room(people, { earlierUnread: true })];
      const said: Said[] = [];
      /** Room and user → the position from which unread mentions are counted. */
      const positions = new Map<string, number>();
      /** Room and user → what the user has set. */
      const settings = new Map<string, Settings>();
      const levels = new Map<Person, string>();
      const put = async (who: Person, path: string, body: object) =>
        expect(await messages.call(who, 'PUT', path, body)).toMatchObject({ status: 200 });
      const ofAll = <T>(all: readonly T[], index: number) => all[index % all.length] as T;
      const isMember = (who: Person, room: RoomState) =>
        messages.roomsOf(who).some(({ id }) => id === room.id);
      const members = (room: RoomState) => people.filter((one) => isMember(one, room));
      const headOf = async (room: RoomState, who: Person) => {
        const rooms = [{ roomId: room.id, seq: 0 }];
        return (await messages.call(who, 'POST', '/api/v1/sync', { rooms })).body.rooms[0].seq as number;
      };
      const request = (
        room: RoomState,
        asked: { users: number[]; room: boolean } | null,
        words: readonly string[],
      ) => {
        if (!asked) return { body: {}, mentioned: mentionedBy(words, members(room)) };
        const users = asked.users.map((index) => ofAll(people, index));
        const userIds = users.map(({ userId }) => userId);
        const present = users.filter((one) => isMember(one, room)).map(({ userId }) => userId);
        return {
          body: { mentions: { userIds, room: asked.room } },
          mentioned: new Set([...present, ...(asked.room ? ['room'] : [])]),
        };
      };

      for (const step of actions) {
        const now = at.advance(2);
        if (step.do === 'send') {
          const [by, room] = [ofAll(people, step.who), ofAll(rooms, step.room)];
          if (!isMember(by, room)) continue;
          const { body, mentioned } = request(room, step.stated, step.text);
          const { id, seq } = await messages.send(by, room, step.text.join(' '), body);
          const since = new Map([...mentioned].map((name) => [name, seq]));
          said.push({ id, seq, changedSeq: seq, room, by: by.userId, since, mentioned, deleted: false });
        } else if (step.do === 'member') {
          const [who, room] = [ofAll(people, step.who), ofAll(rooms, step.room)];
          if (who === people[0]) continue;
          if (isMember(who, room)) {
            await messages.leave(room, who);
            settings.delete(room.id + who.userId);
          } else {
            await messages.join(room, who, now);
            const head = (await headOf(room, people[0])) - 1;
            const key = room.id + who.userId;
            if (!room.earlierUnread) positions.set(key, Math.max(positions.get(key) ?? 0, head));
          }
        } else if (step.do === 'set') {
          const [who, room] = [ofAll(people, step.who), ofAll(rooms, step.room)];
          if (!isMember(who, room)) continue;
          await put(who, `/api/v1/rooms/${room.id}/settings`, step.settings);
          settings.set(room.id + who.userId, step.settings);
        } else if (step.do === 'level') {
          const who = ofAll(people, step.who);
          await put(who, '/api/v1/me/notification-settings', { level: step.level });
          levels.set(who, step.level);
        } else if (step.do === 'rename') {
          const who = ofAll(people, step.who);
          if (people.some(({ username }) => username === step.name)) continue;
          who.username = step.name;
          for (const room of rooms.filter((one) => isMember(who, one))) await messages.rename(room, who);
        } else if (step.do === 'read') {
          const [who, room] = [ofAll(people, step.who), ofAll(rooms, step.room)];
          if (!isMember(who, room)) continue;
          const inRoom = said.filter((one) => one.room === room);
          const to = step.to !== null && inRoom.length > 0 ? ofAll(inRoom, step.to) : undefined;
          const body = to ? { messageId: to.id } : {};
          const { status } = await messages.call(who, 'POST', `/api/v1/rooms/${room.id}/messages/read`, body);
          expect(status).toBe(200);
          const key = room.id + who.userId;
          const seq = to?.seq ?? (await headOf(room, who));
          positions.set(key, Math.max(positions.get(key) ?? 0, seq));
        } else if (said.length > 0) {
          const one = ofAll(said, step.message);
          const author = people.find(({ userId }) => userId === one.by) as Person;
          if (one.deleted || !isMember(author, one.room)) continue;
          const path = `/api/v1/rooms/${one.room.id}/messages/${one.id}`;
          if (step.do === 'delete') {
            await messages.call(author, 'DELETE', path);
            one.deleted = true;
            continue;
          }
          const { body, mentioned } = request(one.room, step.stated, step.text);
          const edited = await messages.call(author, 'PUT', path, { content: step.text.join(' '), ...body });
          expect(edited.status).toBe(200);
          // The same text changes nothing, unless other mentions are stated.
          if (edited.body.changedSeq === one.changedSeq) continue;
          one.changedSeq = edited.body.changedSeq;
          for (const name of mentioned) if (!one.since.has(name)) one.since.set(name, edited.body.changedSeq);
          one.mentioned = mentioned;
        }
      }

      for (const who of people) {
        const { body } = await messages.call(who, 'GET', '/api/v1/unread');
        const sum = { mentions: 0, total: 0, badge: 0 };
        for (const room of rooms) {
          const position = positions.get(room.id + who.userId) ?? 0;
          const own = settings.get(room.id + who.userId) ?? unset;
          const names = [who.userId, ...(own.roomMentions ? ['room'] : [])];
          const present = said.filter(
            ({ by, deleted, room: its }) =>
              its === room && isMember(who, room) && !deleted && by !== who.userId,
          );
          const unread = present.filter(({ seq }) => seq > position).length;
          // Somebody who has read a mention is not alerted by another one in the same message.
          const mentions = present.filter(
            ({ mentioned, since }) =>
              names.some((name) => mentioned.has(name)) &&
              names.every((name) => (since.get(name) ?? Number.POSITIVE_INFINITY) > position),
          ).length;
          const counted = body.rooms.find(({ roomId }: Json) => roomId === room.id) ?? noneUnread;
          expect(counted).toMatchObject({ unread, mentions });
          sum.mentions += mentions;
          if (own.mutedUntil?.startsWith('9999')) continue;
          const level = own.level === 'default' ? (levels.get(who) ?? 'all') : own.level;
          sum.total += unread;
          sum.badge += level === 'all' ? unread : level === 'mentions' ? mentions : 0;
        }
        expect(body).toMatchObject(sum);
      }
    }),
    { seed, numRuns: 25 },
  );
});
