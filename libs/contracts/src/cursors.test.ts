import { expect, test } from 'vitest';
import {
  decodeCursor,
  decodeInboxCursor,
  decodeMoment,
  encodeCursor,
  encodeInboxCursor,
  inboxCursor,
  momentOf,
} from './cursors.ts';

const id = '01936b2e-4a7b-7c3d-8e9f-0a1b2c3d4e5f';
const at = new Date('2026-03-01T12:00:00.000Z');

test('cursors that clients hold stay readable: neither format has changed', () => {
  const byName = 'WyJhZGEiLCIwMTkzNmIyZS00YTdiLTdjM2QtOGU5Zi0wYTFiMmMzZDRlNWYiXQ';
  expect(encodeCursor({ key: 'ada', id })).toBe(byName);
  expect(decodeCursor(byName)).toEqual({ key: 'ada', id });
  expect(decodeMoment(encodeCursor(momentOf(at.toISOString(), id)))).toEqual({ at, id });
  const inInbox = `1772366400000_${id}`;
  expect(encodeInboxCursor({ at, id })).toBe(inInbox);
  expect(decodeInboxCursor(inboxCursor.parse(inInbox))).toEqual({ at, id });
});

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

test.each([
  'no cursor',
  encode(['ada']),
  encode(['ada', 'no id']),
  encode([1, id]),
  encode(['\u0000', id]),
  encode(['\ud800', id]),
])('a cursor that we did not issue is refused: %s', (cursor) => {
  expect(() => decodeCursor(cursor)).toThrow(expect.objectContaining({ code: 'validation_failed' }));
  expect(() => decodeMoment(encode(['soon', id]))).toThrow(
    expect.objectContaining({ code: 'validation_failed' }),
  );
});
