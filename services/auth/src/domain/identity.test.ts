import { username } from '@parley/contracts';
import { describe, expect, test } from 'vitest';
import { loginKey, usernameCandidates } from './identity.ts';

const candidates = (from: { name?: string; email: string }) => [
  ...usernameCandidates(from, (count) => '7'.repeat(count)),
];

describe('derived usernames', () => {
  test('come from the name, or else from the local part of the e-mail address, the plain one first', () => {
    expect(candidates({ name: 'Manoj Singh', email: 'm@x.example' }).slice(0, 2)).toEqual([
      'Manoj Singh',
      'Manoj Singh777',
    ]);
    expect(candidates({ email: 'ada.l+chat@x.example' })[0]).toBe('ada.l+chat');
  });

  test.each([
    ['control and @ signs', 'a\u0000b@c/d\\e'],
    ['no usable characters', '@@@'],
    ['one letter', 'x'],
    ['very long', 'long '.repeat(50)],
    ['long and of two code units each', '🎈'.repeat(90)],
    ['long, odd, and of two code units each', `a${'🎈'.repeat(90)}`],
    ['broken characters', '\ud800\ud800abc'],
  ])('are valid for unusual names: %s', (_what, name) => {
    for (const candidate of candidates({ name, email: 'm@x.example' }))
      expect(username.parse(candidate)).toBe(candidate);
  });
});

test('a login with an @ is an e-mail address; logins are compared case-insensitively', () => {
  expect(loginKey(' Ada@Example.org ')).toBe('ada@example.org');
  expect(loginKey('Ada   LOVELACE')).toBe('ada lovelace');
});
