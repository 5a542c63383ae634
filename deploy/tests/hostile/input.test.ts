import { allOperations, type Operation } from '@parley/contracts';
import { type SeededRandom, seededRandom } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ChatUser } from '../whole-stack/chat-user.ts';
import { borrowEmbeddedTarget } from '../whole-stack/start-targets.ts';
import type { Target } from '../whole-stack/target.ts';

const requestsPerOperation = 40;
const seed = 20_261_121;

let target: Target;
let ada: ChatUser;
let known: readonly [string, ...string[]];

beforeAll(async () => {
  target = await borrowEmbeddedTarget();
  ada = await ChatUser.register(target.url, 'ada');
  const room = await ada.must('POST', '/api/v1/rooms', { name: 'target' });
  const message = await ada.must('POST', `/api/v1/rooms/${room.id}/messages`, { content: 'hello' });
  known = [room.id, message.id, ada.userId];
});
afterAll(() => target?.stop());

const hostile: readonly [unknown, ...unknown[]] = [
  null,
  true,
  0,
  -1,
  1e308,
  Number.MAX_SAFE_INTEGER,
  '',
  ' ',
  'a\u0000b',
  '\ud800',
  'x'.repeat(20_000),
  '../../etc/passwd',
  "'; drop schema messages cascade; --",
  '{{constructor}}',
  '%00',
  '9999-99-99T99:99:99Z',
  '💥'.repeat(50),
  [],
  [[]],
  [null],
  Array.from({ length: 2_000 }, (_, index) => index),
  {},
  { $ne: null },
  { toString: 'x', length: -1 },
  JSON.parse('{"__proto__":{"admin":true}}'),
];

/** Field names from the schema, so that hostile values reach as deep as possible. */
function fieldsOf(schema: unknown): string[] {
  const shape =
    (schema as
      | { shape?: object; def?: { innerType?: unknown; options?: unknown[]; in?: unknown } }
      | undefined) ?? {};
  const inner = [shape.def?.innerType, shape.def?.in, ...(shape.def?.options ?? [])].filter(Boolean);
  return [...Object.keys(shape.shape ?? {}), ...inner.flatMap(fieldsOf)];
}

const asText = (value: unknown) => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));

function bodyFor(random: SeededRandom, operation: Operation): string {
  if (random.next() < 0.1) return JSON.stringify(random.pick(hostile));
  if (random.next() < 0.05) return `${'{"a":'.repeat(500)}1${'}'.repeat(500)}`;
  const value = () => (random.next() < 0.3 ? random.pick(known) : random.pick(hostile));
  return JSON.stringify(
    Object.fromEntries(
      fieldsOf(operation.body).flatMap((field) => (random.next() < 0.2 ? [] : [[field, value()]])),
    ),
  );
}

function pathFor(random: SeededRandom, operation: Operation): string {
  const segment = () =>
    encodeURIComponent(
      random.next() < 0.6 ? random.pick(known) : asText(random.pick(hostile)).slice(0, 200).toWellFormed(),
    );
  const path = operation.path.replace(/:\w+/g, segment).replace(/\/{2,}/g, '/%20/');
  const query = fieldsOf(operation.query).flatMap((field) =>
    random.next() < 0.5 ? [`${field}=${segment()}`] : [],
  );
  return query.length > 0 ? `${path}?${query.join('&')}` : path;
}

test(`no input to any operation causes a server error or affects other users (seed ${seed})`, async () => {
  const random = seededRandom(seed);
  const faults: unknown[] = [];
  // This operation ends the session that all others need.
  const operations = allOperations.filter(
    ({ path, method }) => !/logout$/.test(path) && !(method === 'delete' && /\/sessions/.test(path)),
  );
  for (const operation of operations) {
    const requests = Array.from({ length: requestsPerOperation }, async () => {
      const path = pathFor(random, operation);
      const body = operation.body ? bodyFor(random, operation) : undefined;
      const response = await fetch(target.url + path, {
        method: operation.method.toUpperCase(),
        headers: {
          authorization: `Bearer ${ada.token}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body }),
      });
      const text = await response.text();
      if (response.status >= 500)
        faults.push({
          method: operation.method,
          path,
          body: body?.slice(0, 300),
          status: response.status,
          text,
        });
    });
    await Promise.all(requests);
  }
  expect(faults).toEqual([]);
  const bob = await ChatUser.register(target.url, 'bob');
  expect((await bob.call('GET', '/api/v1/rooms')).status).toBe(200);
});
