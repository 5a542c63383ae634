import { foldForSearch } from '@parley/contracts/text';

/** Increase it when `termsOf` returns other terms for a name, so that stored ones are replaced. */
export const termsVersion = 3;

const maxTermLength = 60;
const maxTerms = 20;

/** Cuts between characters, because half of a surrogate pair is not valid text. */
const cut = (text: string): string => [...text].slice(0, maxTermLength).join('');

/** The form of a search text that terms are compared with by prefix. */
export const searchPrefix = (typed: string): string => cut(foldForSearch(typed));

/**
 * `Ada King-Lovelace` → `ada king-lovelace`, `king-lovelace`, `lovelace`: a search matches from the
 * beginning of any word, across the following ones.
 */
export function termsOf(username: string, name: string): { term: string; isUsername: boolean }[] {
  const whole = cut(foldForSearch(username));
  const tails = [foldForSearch(username), foldForSearch(name)].flatMap((text) => [
    text,
    ...[...text.matchAll(/[\p{L}\p{N}\p{M}]+/gu)].map((word) => text.slice(word.index)),
  ]);
  const others = new Set(tails.map(cut).filter((term) => term !== '' && term !== whole));
  return [
    { term: whole, isUsername: true },
    ...[...others].slice(0, maxTerms - 1).map((term) => ({ term, isUsername: false })),
  ];
}
