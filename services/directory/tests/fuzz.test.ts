import {
  bansApi,
  blocksApi,
  contactsApi,
  friendRequestsApi,
  type Operation,
  roomsApi,
  usersApi,
} from '@parley/contracts';
import { newId } from '@parley/runtime';
import { type SeededRandom, seededRandom } from '@parley/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type DirectoryTest, startDirectory, type TestPerson } from './harness.ts';

const seed = 20_260_131;
const rounds = 25;
const operations = [usersApi, contactsApi, friendRequestsApi, blocksApi, roomsApi, bansApi]
  .flatMap((api): unknown[] => Object.values(api))
  .filter(
    (value): value is Operation =>
      typeof value === 'object' && value !== null && 'method' in value && 'path' in value,
  );

let directory: DirectoryTest;
let ada: TestPerson;
const known: string[] = [];
beforeAll(async () => {
  directory = await startDirectory();
  const [one, bob] = (await directory.people(2)) as [TestPerson, TestPerson];
  ada = one;
  known.push(ada.id, bob.id);
  for (const kind of ['channel', 'group'] as const) {
    const { body } = await ada.call('POST', '/rooms', { kind, name: 'Fuzz', members: [bob.id] });
    known.push(body.id);
  }
});
afterAll(() => directory.stop());

const oddities = [
  '',
  ' ',
  '\u0000',
  '\ud800',
  '%',
  "';--",
  '😀',
  'null',
  '-1',
  '1e309',
  '99999999999999999999',
  'x'.repeat(3_000),
  '../..',
  '[]',
  'true',
  '1',
  'outgoing',
  'group',
  'admin',
];

function value(random: SeededRandom, depth = 0): unknown {
  const kinds = [
    () => random.pick(['', ...oddities]),
    () => random.pick(['', ...known]),
    () => newId(),
    () => random.pick([0, -1, 1.5, 2 ** 53, 1e300]),
    () => random.next() < 0.5,
    () => null,
    () => (depth > 2 ? [] : Array.from({ length: random.integer(0, 4) }, () => value(random, depth + 1))),
    () => (depth > 2 ? {} : body(random, depth + 1)),
  ] as const;
  return random.pick(kinds as unknown as [() => unknown])();
}

const fields = [
  'name',
  'kind',
  'userId',
  'userIds',
  'members',
  'description',
  'isPrivate',
  'role',
  'reason',
  'expiresInSeconds',
  'maxUses',
  'picture',
  '__proto__',
];
const body = (random: SeededRandom, depth = 0): unknown =>
  Object.fromEntries(
    Array.from({ length: random.integer(0, 5) }, () => [random.pick(['x', ...fields]), value(random, depth)]),
  );

const text = (random: SeededRandom): string =>
  encodeURIComponent(String(random.pick(['', ...oddities, ...known, newId()])).toWellFormed());

it(`no input, however malformed, causes a 500 response (seed ${seed})`, async () => {
  const random = seededRandom(seed);
  for (let round = 0; round < rounds; round++) {
    const attempts = operations.map(({ method, path }) => {
      const filled = path.replace('/api/v1', '').replace(/:\w+/g, () => text(random) || 'x');
      const query =
        random.next() < 0.5
          ? `?${random.pick(['limit', 'cursor', 'page', 'search', 'mine', 'direction'])}=${text(random)}`
          : '';
      const sent =
        method === 'get' ? undefined : random.pick([body(random), value(random), '{"a":', undefined]);
      return { method: method.toUpperCase(), path: filled + query, sent };
    });
    const answers = await Promise.all(
      attempts.map(async (attempt) => ({
        ...attempt,
        status: (await ada.call(attempt.method, attempt.path, attempt.sent)).status,
      })),
    );
    expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
  }
});
