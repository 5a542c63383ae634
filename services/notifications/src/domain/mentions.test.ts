import { describe, expect, it } from 'vitest';
import { mentionedNames } from './mentions.ts';

describe('mentionedNames', () => {
  it('finds a name anywhere, in lower case, without the text after it', () => {
    expect(mentionedNames('@Ann, look')).toContain('ann');
    expect(mentionedNames('thanks (@bob-2)')).toContain('bob-2');
    expect(mentionedNames('@zoë @ümit')).toEqual(expect.arrayContaining(['zoë', 'ümit']));
  });

  it('returns every name that a mention with spaces may mean', () => {
    expect(mentionedNames('hi @Manoj Singh, hello')).toEqual(
      expect.arrayContaining(['manoj', 'manoj singh']),
    );
  });

  it('never matches the start of a longer name', () => {
    expect(mentionedNames('@annabel')).not.toContain('anna');
    expect(mentionedNames('me@ann.org')).toEqual([]);
  });

  it('is bounded for any text', () => {
    expect(mentionedNames('@'.repeat(10_000))).toEqual([]);
    expect(mentionedNames('@a b c d e f '.repeat(800)).length).toBeLessThan(20 * 50);
    expect(
      mentionedNames(`@${'😀'.repeat(5_000)}`).every((name) => name.length <= 50 && name.isWellFormed()),
    ).toBe(true);
  });
});
