const maxTermLength = 60;
const maxTerms = 20;

/**
 * Normalizes text for comparison: case, width and spacing do not count. Done here because a
 * database's `lower()` depends on its locale.
 */
export function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/gu, ' ').trim();
}

/** Cuts between characters, because half of a surrogate pair is not valid text. */
const cut = (text: string): string => [...text].slice(0, maxTermLength).join('');

/** The form of a search text that terms are compared with by prefix. */
export const searchPrefix = (typed: string): string => cut(fold(typed));

/**
 * `Ada King-Lovelace` → `ada king-lovelace`, `king-lovelace`, `lovelace`: a search matches from the
 * beginning of any word, across the following ones.
 */
export function termsOf(username: string, name: string): { term: string; isUsername: boolean }[] {
  const whole = cut(fold(username));
  const tails = [fold(username), fold(name)].flatMap((text) => [
    text,
    ...[...text.matchAll(/[\p{L}\p{N}\p{M}]+/gu)].map((word) => text.slice(word.index)),
  ]);
  const others = new Set(tails.map(cut).filter((term) => term !== '' && term !== whole));
  return [
    { term: whole, isUsername: true },
    ...[...others].slice(0, maxTerms - 1).map((term) => ({ term, isUsername: false })),
  ];
}
