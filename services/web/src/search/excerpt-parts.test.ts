import { expect, test } from 'vitest';
import { excerptParts } from './excerpt-parts.ts';

const shown = (content: string, ...ranges: [number, number][]) =>
  excerptParts(
    content,
    ranges.map(([start, length]) => ({ start, length })),
  )
    .map(({ text, isMatch }) => (isMatch ? `[${text}]` : text))
    .join('');

test('matches are marked, and nothing else of the message changes', () => {
  expect(shown('red apple, red pear', [0, 3], [11, 3])).toBe('[red] apple, [red] pear');
  expect(shown('apple', [0, 5])).toBe('[apple]');
  expect(shown('a link')).toBe('a link');
});

test('a long message is cut around its first match, between words and never within a character', () => {
  const long = `${'word '.repeat(100)}here${' tail'.repeat(100)}`;
  const excerpt = shown(long, [500, 4]);
  expect(excerpt).toMatch(/^… word (word )+\[here\]( tail)+.* …$/);
  expect(excerpt.length).toBeLessThan(300);
  const pictures = '🎉'.repeat(400);
  expect(shown(pictures, [601, 1]).isWellFormed()).toBe(true);
});
