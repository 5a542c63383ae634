import { allOperations, clientEvents, username } from '@parley/contracts';
import { AppError, type FieldError } from '@parley/errors';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { validate } from './validate.ts';

/** The faults of the value; none if it is accepted. */
function fieldsOf(schema: z.ZodType, value: unknown): readonly FieldError[] {
  try {
    validate(schema, value, 'body');
    return [];
  } catch (error) {
    return AppError.from(error).fields ?? [];
  }
}

const refusal = (schema: z.ZodType, value: unknown): string[] =>
  fieldsOf(schema, value).map(({ field, message }) => `${field}: ${message}`);

const inputs = z.strictObject({
  name: z.string().min(1).max(3).optional(),
  on: z.boolean().optional(),
  list: z.array(z.number()).min(1).max(2).optional(),
  count: z.coerce.number().int().min(1).max(9).optional(),
  role: z.enum(['admin', 'user']).optional(),
  address: z.email().optional(),
  since: z.iso.datetime().optional(),
});

test.each<[value: unknown, said: string[]]>([
  [undefined, ['body: is required']],
  [null, ['body: must be an object']],
  ['text', ['body: must be an object']],
  [{ name: 1, on: 'yes' }, ['name: must be a string', 'on: must be true or false']],
  [{ name: '' }, ['name: at least 1 character']],
  [{ name: 'long' }, ['name: at most 3 characters']],
  [{ list: {} }, ['list: must be a list']],
  [{ list: [] }, ['list: at least 1 item']],
  [{ list: [1, '2'] }, ['list.1: must be a number']],
  [{ count: 'x' }, ['count: must be a number']],
  [{ count: 1.5 }, ['count: must be a whole number']],
  [{ count: 10 }, ['count: must be at most 9']],
  [{ role: 'king' }, ['role: must be one of admin, user']],
  [{ address: 'ada' }, ['address: must be an e-mail address']],
  [{ since: 'today' }, ['since: must be a time such as 2026-01-31T12:00:00Z']],
  [{ other: 1 }, ['other: is unknown']],
])('%j is refused in plain words: %j', (value, said) => {
  expect(refusal(inputs, value)).toEqual(said);
});

test('each field has its reason as a code, and lengths their limit', () => {
  const reasons = (value: unknown, schema: z.ZodType = inputs) => {
    return fieldsOf(schema, value).map(({ field, reason, limit }) => [field, reason, limit]);
  };
  expect(reasons(undefined)).toEqual([['body', 'required', undefined]]);
  expect(reasons({ name: '', list: [1, 2, 3], count: 10, on: 1, other: 1 })).toEqual([
    ['name', 'too_short', 1],
    ['on', 'invalid', undefined],
    ['list', 'too_long', 2],
    ['count', 'too_high', 9],
    ['other', 'unknown', undefined],
  ]);
  expect(reasons({ count: 0, role: 'king', address: 'ada', since: 'today' })).toEqual([
    ['count', 'too_low', 1],
    ['role', 'choice', undefined],
    ['address', 'format', undefined],
    ['since', 'format', undefined],
  ]);
  const tooLong = { error: 'at most 3 bytes', params: { reason: 'too_long' } };
  const account = z.object({ username, password: z.string().refine(() => false, tooLong) });
  expect(reasons({ username: 'a@b', password: 'é'.repeat(40) }, account)).toEqual([
    ['username', 'characters', undefined],
    ['password', 'too_long', undefined],
  ]);
});

const schemas = [
  ...allOperations.flatMap(({ id, params, query, body }) =>
    [params, query, body].flatMap((schema) => (schema ? [[id, schema] as const] : [])),
  ),
  ...Object.entries(clientEvents),
];
const wrong = [
  null,
  7,
  -1,
  1.5,
  '',
  'x',
  'x'.repeat(70_000),
  true,
  [],
  [7],
  Array(2_000).fill('x'),
  { a: 1 },
];

const refused = schemas.flatMap(([id, schema]) => {
  const names = Object.keys(schema instanceof z.ZodObject ? schema.shape : {});
  const values = wrong.map((value) => Object.fromEntries(names.map((name) => [name, value])));
  return [undefined, ...wrong, ...values].flatMap((value) =>
    fieldsOf(schema, value).map((field) => ({ id, ...field })),
  );
});

test('every refusal of an operation or event has a reason of its own, except for a wrong type', () => {
  const wrongType = /^must be (a string|a number|a whole number|true or false|a list|an object|null)$/;
  const unexplained = refused.filter(
    ({ reason, message }) => reason === 'invalid' && !wrongType.test(message),
  );
  expect(new Set(unexplained.map(({ id, field, message }) => `${id} ${field}: ${message}`))).toEqual(
    new Set(),
  );
});

test('no operation and no event refuses input in the words of the validator, or without a field', () => {
  const said = refused.map(({ id, field, message }) => `${id} ${field}: ${message}`);
  expect(said.length).toBeGreaterThan(1_000);
  // The last three are for kinds of schemas that no operation uses.
  const leaked = /expected|received|too (big|small)|is invalid|of another type|in another format| : /i;
  expect(said.filter((text) => leaked.test(text))).toEqual([]);
});
