import { foldForSearch } from '@parley/contracts/text';

// The rules of search texts. The index stores what follows from them, so a change of this file
// needs a migration that empties `message_terms` and `indexed_rooms`.
//
// They need no dictionary and no property of the database: the same text has the same terms on
// every version of Node and under every locale of PostgreSQL.

/** Scripts that write words without spaces. Every character can be the start or end of a word. */
const scripts = [
  ...['Han', 'Hiragana', 'Katakana', 'Hangul', 'Bopomofo'],
  ...['Thai', 'Lao', 'Khmer', 'Myanmar', 'Tibetan'],
];
/** With the sign that lengthens vowels of kana. */
const dense = `${scripts.map((script) => `\\p{sc=${script}}`).join('')}\\u30fc`;
const letter = String.raw`[[\p{L}\p{M}]--[${dense}]]`;
const digit = String.raw`[\p{N}--[${dense}]]`;
const picture = String.raw`[\p{Extended_Pictographic}\p{Regional_Indicator}]`;
// The type checker's target does not know the flag `v` in literals.
const sets = (pattern: string, flags = '') => new RegExp(pattern, `v${flags}`);

const plain = /^[\x20-\x7e\s]*$/;
const spaces = /\s+/g;
/** Lengthens an Arabic word on the line. */
const tatweel = /\u0640/g;

/**
 * The form in which texts are searched: NFKC, lower case, without accents and invisible characters,
 * one space between words. The fast path gives the same result for ASCII.
 */
export const foldText = (text: string): string =>
  plain.test(text)
    ? text.toLowerCase().replace(spaces, ' ').trim()
    : foldForSearch(text).replace(tatweel, '');

/** Whether a text of ASCII folds to one of the same length, position by position. */
export const foldsInPlace = (text: string, folded: string): boolean =>
  plain.test(text) && text.length === folded.length;

const piece = sets(`(?<dense>[${dense}]+)|(?<run>(?:${letter}|${digit})+)|(?<picture>${picture})`, 'g');
const part = sets(`${letter}+|${digit}+`, 'g');
const plainRun = /[a-z0-9]+/g;
const plainPiece = new RegExp(`(?<run>${plainRun.source})`, 'g');
const mixed = /[a-z][0-9]|[0-9][a-z]/;
const plainPart = /[a-z]+|[0-9]+/g;

/** A part of a folded text that the index knows. Everything between pieces is punctuation. */
export interface Piece {
  start: number;
  end: number;
  /** Letters and digits of scripts with spaces, split where one kind follows the other. */
  parts?: readonly string[];
  /** Characters of a script without spaces. */
  signs?: readonly string[];
  /** An emoji. */
  picture?: string;
}

export function* piecesOf(folded: string): Generator<Piece> {
  const isPlain = plain.test(folded);
  for (const { index: start, groups, 0: text } of folded.matchAll(isPlain ? plainPiece : piece)) {
    const where = { start, end: start + text.length };
    if (groups?.run !== undefined)
      yield { ...where, parts: text.match(isPlain ? plainPart : part) ?? [text] };
    else if (groups?.dense !== undefined) yield { ...where, signs: [...text] };
    else yield { ...where, picture: text };
  }
}

/**
 * The words of a folded text of ASCII that are letters only or digits only, and its other words.
 * Undefined for any other text. Most messages are indexed by this, which costs less than a third.
 */
export function plainWords(folded: string): { whole: string[]; others: string[] } | undefined {
  if (!plain.test(folded)) return undefined;
  const words: string[] = folded.match(plainRun) ?? [];
  if (!mixed.test(folded)) return { whole: words, others: [] };
  return {
    whole: words.filter((word) => !mixed.test(word)),
    others: words.filter((word) => mixed.test(word)),
  };
}

/** A character's kind decides where words begin and end. */
export type Kind = 'letter' | 'digit' | 'dense' | 'mark' | 'other' | 'none';

const isLetter = sets(letter);
const isDigit = sets(digit);
const isDense = sets(`[${dense}]`);
const isMark = /\p{M}/u;

function kindOf(point: number | undefined): Kind {
  if (point === undefined) return 'none';
  if (point < 128) {
    if (point >= 97 && point <= 122) return 'letter';
    return point >= 48 && point <= 57 ? 'digit' : 'other';
  }
  const character = String.fromCodePoint(point);
  if (isDense.test(character)) return isMark.test(character) ? 'mark' : 'dense';
  if (isLetter.test(character)) return 'letter';
  return isDigit.test(character) ? 'digit' : 'other';
}

export const kindAt = (text: string, index: number): Kind => kindOf(text.codePointAt(index));

export function kindBefore(text: string, index: number): Kind {
  const last = text.charCodeAt(index - 1);
  const isLow = last >= 0xdc00 && last <= 0xdfff;
  const kind = index === 0 ? 'none' : kindOf(text.codePointAt(index - (isLow ? 2 : 1)));
  return kind === 'mark' ? 'dense' : kind;
}

const link = /https?:\/\/[^\s/]/i;
export const hasLink = (content: string): boolean => link.test(content);

/** Spaces of the original text, as folding collapses them, or a character with its marks. */
export const clusters =
  /\s+|[\u1100-\u11ff]+|[^\p{M}\uff9e\uff9f][\p{M}\uff9e\uff9f]*|[\p{M}\uff9e\uff9f]+/gu;
