import { describe, expect, it } from 'vitest';
import { searchPrefix, termsOf } from './search-terms.ts';

const terms = (username: string, name = '') => termsOf(username, name).map(({ term }) => term);

describe('search terms', () => {
  it('start at every word of username and name', () => {
    expect(terms('ada_l', 'Ada King-Lovelace')).toEqual([
      'ada_l',
      'l',
      'ada king-lovelace',
      'king-lovelace',
      'lovelace',
    ]);
  });

  it('ignore case, width and spacing, in every script', () => {
    expect(terms('ÉMILE')).toEqual([searchPrefix('  émile ')]);
    expect(terms('x', 'Ａｄａ   Ｋｉｎｇ')).toContain(searchPrefix('ada king'));
  });

  it('are cut between characters, never within one', () => {
    expect(terms('𝒶'.repeat(70)).every((term) => term.isWellFormed())).toBe(true);
    expect(searchPrefix('😀'.repeat(100)).isWellFormed()).toBe(true);
  });

  it('are limited in number and always include the username', () => {
    const found = termsOf('u1', 'a b c d e f g h i j k l m n o p q r s t u v w x y z');
    expect(found).toHaveLength(20);
    expect(found[0]).toEqual({ term: 'u1', isUsername: true });
  });
});
