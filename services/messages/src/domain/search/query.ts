import { termsFor } from './terms.ts';
import { foldText, kindBefore } from './text.ts';

/** A word or phrase, folded. */
export interface Word {
  text: string;
  /** Its end may be the beginning of a longer word. */
  isPrefix: boolean;
}

export interface Query {
  words: readonly Word[];
  excluded: readonly Word[];
}

const quotes = /[“”„«»＂]/g;
const token = /(?<minus>(?<!\S)-)?(?:"(?<phrase>[^"]*)(?:"|$)|(?<word>[^\s"]+))/g;
/** Marks around words that people paste. Not `+` and `#`: `C++` is a word. */
const around = String.raw`[\p{Ps}\p{Pe}\p{Pi}\p{Pf}"',.;:!?…、。،؟؛¿¡]`;
const outer = new RegExp(`^${around}+|${around}+$`, 'gu');
/** Further terms are left out of the question to the index; each message is checked anyway. */
const maxTerms = 32;

/**
 * `words "a phrase" -excluded`: all words, in any order, and none of the excluded ones. The last
 * word may be incomplete, unless it is quoted.
 */
export function parseQuery(q: string): Query {
  const words: Word[] = [];
  const excluded: Word[] = [];
  const tokens = [...q.replace(quotes, '"').matchAll(token)];
  for (const [index, { groups }] of tokens.entries()) {
    const text = foldText(groups?.phrase ?? groups?.word ?? '')
      .replace(outer, '')
      .trim();
    if (text === '' || text === '-') continue;
    const isLast = index === tokens.length - 1;
    const isPrefix = isLast && groups?.word !== undefined && !groups.minus && canContinue(text);
    (groups?.minus ? excluded : words).push({ text, isPrefix });
  }
  return { words, excluded };
}

const canContinue = (text: string): boolean => kindBefore(text, text.length) !== 'other';

/**
 * The query as a `tsquery`. Every message that the query matches has all its terms; those found
 * must be checked. Null: nothing to look for.
 * @param further terms, of each of which every message must have one of the alternatives
 */
export function toTsQuery({ words }: Query, further: readonly (string | readonly string[])[]): string | null {
  const needed = new Set(further.map(oneOf));
  for (const word of words)
    for (const { term, isPrefix } of termsFor(word.text, word.isPrefix))
      if (needed.size < maxTerms) needed.add(`'${term}'${isPrefix ? ':*' : ''}`);
  return needed.size > 0 ? [...needed].join(' & ') : null;
}

const oneOf = (terms: string | readonly string[]): string =>
  typeof terms === 'string' ? `'${terms}'` : `(${terms.map(oneOf).join(' | ')})`;
