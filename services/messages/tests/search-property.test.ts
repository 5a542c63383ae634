import type { RoomState } from '@parley/contracts';
import { eventually } from '@parley/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Person, person } from './messages-harness.ts';
import { path, SearchPlace } from './search-harness.ts';

let at: SearchPlace;
beforeAll(async () => {
  at = await SearchPlace.start();
});
afterAll(() => at?.stop());

const seed = 11;
const which = fc.nat(1_000);
const vocabulary = ['red', 'redder', 'blue', 'bluebird', 'sky', '上海', '東京都', '京都', 'été'];
const words = fc.array(fc.constantFrom(...vocabulary), { minLength: 1, maxLength: 5 });
const action = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('send' as const), who: which, room: which, words }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('encrypt' as const), who: which, room: which, words }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('edit' as const), message: which, words }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), message: which }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('react' as const), message: which }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('member' as const), who: which, room: which }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('expire' as const), message: which }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('erase' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('index' as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('search' as const),
      who: which,
      words: fc.array(fc.constantFrom(...vocabulary), { maxLength: 2 }),
      phrase: fc.option(fc.tuple(fc.constantFrom(...vocabulary), fc.constantFrom(...vocabulary))),
      excluded: fc.option(fc.constantFrom(...vocabulary)),
      prefix: fc.option(fc.constantFrom('r', 'red', 'b', 'blue', '東', 'é')),
      from: fc.option(which),
      limit: fc.integer({ min: 1, max: 4 }),
    }),
  },
);
type Search = Extract<typeof action extends fc.Arbitrary<infer A> ? A : never, { do: 'search' }>;

interface Said {
  id: string;
  seq: number;
  room: RoomState;
  by: Person;
  words: string[] | null;
}

/** Independent of the code under test: words are apart, except those of scripts without spaces. */
function says(said: readonly string[], { words, phrase, excluded, prefix }: Search): boolean {
  const text = said.join(' ');
  const isDense = (word: string) => /^[上海東京都]+$/.test(word);
  const has = (word: string) => (isDense(word) ? text.includes(word) : said.includes(word));
  const starts = (start: string) =>
    isDense(start) ? text.includes(start) : said.some((word) => word.startsWith(start));
  const hasPhrase = ([first, second]: readonly [string, string]) =>
    said.some((word, index) => {
      const next = said[index + 1] ?? '';
      return (
        (isDense(first) ? word.endsWith(first) : word === first) &&
        (isDense(second) ? next.startsWith(second) : next === second)
      );
    });
  return (
    words.every(has) &&
    (!phrase || hasPhrase(phrase)) &&
    (excluded === null || !has(excluded)) &&
    (prefix === null || starts(prefix))
  );
}

test(`property (seed ${seed}): a search finds what a scan of all messages would`, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 15, maxLength: 50 }), async (actions) => {
      const people = ['ada', 'bob', 'eve'].map(person) as [Person, Person, Person];
      const rooms = [await at.messages.room(people), await at.messages.room(people)];
      const messagesSaid: Said[] = [];
      const ofAll = <T>(all: readonly T[], index: number) => all[index % all.length] as T;
      const isMember = (who: Person, room: RoomState) =>
        at.messages.roomsOf(who).some(({ id }) => id === room.id);
      for (const step of actions) {
        if (step.do === 'send' || step.do === 'encrypt') {
          const [by, room] = [ofAll(people, step.who), ofAll(rooms, step.room)];
          if (!isMember(by, room)) continue;
          const isEncrypted = step.do === 'encrypt';
          const { id, seq } = await at.messages.send(by, room, step.words.join(' '), { isEncrypted });
          messagesSaid.push({ id, seq, room, by, words: isEncrypted ? null : step.words });
        } else if (step.do === 'index') await at.indexed();
        else if (step.do === 'member') {
          const [who, room] = [ofAll(people, step.who), ofAll(rooms, step.room)];
          await (isMember(who, room) ? at.messages.leave(room, who) : at.messages.join(room, who));
        } else if (step.do === 'erase') {
          const gone = people[2];
          for (const room of rooms) if (isMember(gone, room)) await at.messages.leave(room, gone);
          await at.erase(gone);
          await eventually(async () => {
            const left = await at.db('timeline').where({
              sender_id: gone.userId,
              kind: 'message',
              deleted_at: null,
            });
            expect(left).toEqual([]);
          });
          for (const one of messagesSaid) if (one.by === gone) one.words = null;
        } else if (step.do === 'search') await compare(step);
        else if (messagesSaid.length > 0) {
          const said = ofAll(messagesSaid, step.message);
          if (step.do === 'expire') {
            await at.expire(said.room.id, said.seq);
            for (const one of messagesSaid)
              if (one.room === said.room && one.seq <= said.seq) one.words = null;
            // Submissions of a room are written in order, so this one comes after the expiry.
            const witness = people.find((who) => isMember(who, said.room));
            if (witness) await at.messages.call(witness, 'POST', path(said.room, '/read'), {});
            else await eventually(async () => expect(await expiredIn(said)).toBeGreaterThanOrEqual(said.seq));
          } else if (isMember(said.by, said.room)) {
            const own = path(said.room, `/${said.id}`);
            if (step.do === 'delete') {
              await at.messages.call(said.by, 'DELETE', own);
              said.words = null;
            } else if (step.do === 'react')
              await at.messages.call(said.by, 'POST', `${own}/reactions`, { reaction: '👍', on: true });
            else {
              const edited = await at.edit(said.by, said.room, said.id, step.words.join(' '));
              if (edited.status === 200 && said.words) said.words = step.words;
            }
          }
        }
      }
      async function compare(step: Search) {
        const who = ofAll(people, step.who);
        const from = step.from === null ? undefined : ofAll(people, step.from);
        const q = [
          ...step.words.map((word) => `"${word}"`),
          ...(step.phrase ? [`"${step.phrase.join(' ')}"`] : []),
          ...(step.excluded === null ? [] : [`-${step.excluded}`]),
          ...(step.prefix === null ? [] : [step.prefix]),
        ].join(' ');
        const hits = await at.foundInAll(who, { q, ...(from && { from: from.userId }) }, step.limit);
        const expected = messagesSaid.filter(
          ({ words: said, room, by }) =>
            said && isMember(who, room) && (!from || by === from) && says(said, step),
        );
        expect([q, hits.map(({ id }) => id).sort()]).toEqual([q, expected.map(({ id }) => id).sort()]);
        for (const room of rooms) {
          const seqs = hits.filter(({ roomId }) => roomId === room.id).map(({ seq }) => seq);
          expect(seqs).toEqual([...seqs].sort((a, b) => b - a));
        }
      }
    }),
    { seed, numRuns: 20, interruptAfterTimeLimit: 20_000 },
  );
});

const expiredIn = async ({ room }: Said): Promise<number> =>
  (await at.db('rooms').where({ id: room.id }).first('expired_seq')).expired_seq;
