const maxTermLength = 60;
const maxTerms = 20;

/** How text is compared: without regard to case, width or spacing. Done here, not in SQL: a database's `lower()` depends on its locale. */
export function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/gu, ' ').trim();
}

/** Cut by characters: half of a surrogate pair is no text. */
const cut = (text: string): string => [...text].slice(0, maxTermLength).join('');

/** What a typed search is compared with: the beginnings of terms. */
export const searchPrefix = (typed: string): string => cut(fold(typed));

/** `Ada King-Lovelace` → `ada king-lovelace`, `king-lovelace`, `lovelace`: a search finds the beginning of any word, and goes on past it. */
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
