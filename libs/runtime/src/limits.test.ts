import { expect, test } from 'vitest';
import { nameRate } from './limits.ts';
import { networkOf } from './network.ts';

test.each([
  [{ limit: 30, windowMs: 3_600_000 }, ['address'], '30 per hour and address'],
  [{ limit: 5, windowMs: 10_000 }, ['user', 'room'], '5 per 10 seconds, user and room'],
  [{ limit: 10, windowMs: 60_000 }, ['account', 'address'], '10 per minute, account and address'],
  [{ limit: 50, windowMs: 1_500 }, [], '50 per 1500 milliseconds'],
  ['off' as const, ['user'], 'any number'],
])('a rate is described in words: %j', (rate, per, limit) => {
  expect(nameRate('A_RATE', rate, per)).toEqual({ limit, setting: 'A_RATE' });
});

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:0DB8:0000:0000:ffff:ffff:ffff:ffff', '2001:db8:0:0::/64'],
  ['2001:db8:0:1::', '2001:db8:0:1::/64'],
  ['1:2:3:4:5:6:7::', '1:2:3:4::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['64:ff9b::192.0.2.7', '64:ff9b:0:0::/64'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['0:0:0:0:0:FFFF:C000:0207', '192.0.2.7'],
  [`2001:db8::1%${'x'.repeat(300)}`, '2001:db8:0:0::/64'],
  ['', ''],
])('limits count %s as %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
