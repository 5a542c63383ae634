import { expect, test } from 'vitest';
import { messageRates } from './message-rates.ts';

const parse = (text?: string) => messageRates('5/10s').parse(text);
const limits = (text?: string) =>
  Object.fromEntries(
    Object.entries(parse(text)).map(([contract, rate]) => [contract, rate === 'off' ? 'off' : rate.limit]),
  );
const none = {
  ...{ rooms: 'off', conversations: 'off', groups: 'off', organizations: 'off', direct: 'off' },
  keys: 200,
};

test('a rate without a contract, like the default, limits `rooms` and no other contract', () => {
  expect(parse()).toEqual({
    ...none,
    rooms: { limit: 5, windowMs: 10_000 },
    keys: { limit: 200, windowMs: 10_000 },
  });
  expect(limits('7/s')).toEqual({ ...none, rooms: 7 });
  expect(limits('off')).toEqual(none);
});

test('rates by contract apply as named, and `*` applies to the others', () => {
  expect(limits('rooms=5/10s,direct=20/10s')).toEqual({ ...none, rooms: 5, direct: 20 });
  expect(limits('5/10s, *=50/10s,groups=off')).toEqual({
    rooms: 5,
    conversations: 50,
    groups: 'off',
    organizations: 50,
    direct: 50,
    keys: 200,
  });
  expect(limits('*=9/s')).toEqual({
    ...{ rooms: 9, conversations: 9, groups: 9, organizations: 9, direct: 9 },
    keys: 200,
  });
  expect(limits('5/10s,keys=1/m').keys).toBe(1);
});

test.each(['often', 'rooms=', 'room=5/10s', 'rooms=5/10s,6/10s', '5/10s,', 'rooms=direct=5/s', '*'])(
  '%s is refused',
  (text) => {
    expect(messageRates('5/10s').safeParse(text).success).toBe(false);
  },
);
