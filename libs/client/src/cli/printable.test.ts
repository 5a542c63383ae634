import { expect, test } from 'vitest';
import { printable, widthOf } from './printable.ts';

test('text of other users cannot control the terminal', () => {
  expect(printable('\u001b[2Jgone\u0007 \u009b1A \u202eevil')).toBe(
    '\ufffd[2Jgone\ufffd \ufffd1A \ufffdevil',
  );
  expect(printable('one\r\ntwo\tthree')).toBe('one\n      two three');
  expect(printable('grüße 👋🏽 日本')).toBe('grüße 👋🏽 日本');
});

test('wide characters take two columns', () => {
  expect([widthOf('abc'), widthOf('日本'), widthOf('👍'), widthOf('é')]).toEqual([3, 4, 2, 1]);
});
