import { describe, expect, it } from 'vitest';
import { mentionedNames } from './mentions.ts';

describe('mentionedNames', () => {
  it('finds a name wherever it stands, in lower case, without what follows it', () => {
    expect(mentionedNames('@Ann, look')).toContain('ann');
    expect(mentionedNames('thanks (@bob-2)')).toContain('bob-2');
    expect(mentionedNames('@zoë @ümit')).toEqual(expect.arrayContaining(['zoë', 'ümit']));
  });

  it('takes a name with spaces for what it may be', () => {
    expect(mentionedNames('hi @Manoj Singh, hello')).toEqual(
      expect.arrayContaining(['manoj', 'manoj singh']),
    );
  });

  it('never takes the beginning of a longer name', () => {
    expect(mentionedNames('@annabel')).not.toContain('anna');
    expect(mentionedNames('me@ann.org')).toEqual([]);
  });

  it('is bounded, whatever is written', () => {
    expect(mentionedNames('@'.repeat(10_000))).toEqual([]);
    expect(mentionedNames('@a b c d e f '.repeat(800)).length).toBeLessThan(20 * 50);
    expect(
      mentionedNames(`@${'😀'.repeat(5_000)}`).every((name) => name.length <= 50 && name.isWellFormed()),
    ).toBe(true);
  });
});
