import { withoutIgnorable } from './invisible.ts';

/**
 * The form in which names are compared: differences in case, width and runs of spaces do not count.
 * Auth and directory store it, so a change needs a migration.
 */
export const foldName = (name: string): string =>
  name.normalize('NFKC').trim().toLowerCase().replace(/\s+/gu, ' ');

/** Letters and signs that have no decomposition, as people type them without a key for them. */
const plainLetters: Readonly<Record<string, string>> = {
  ...{ ı: 'i', ł: 'l', ø: 'o', đ: 'd', ð: 'd', ħ: 'h', ŧ: 't' },
  ...{ ß: 'ss', æ: 'ae', œ: 'oe', þ: 'th', ς: 'σ' },
  ...{ '‘': "'", '’': "'", ʼ: "'" },
};
const plainLetter = new RegExp(`[${Object.keys(plainLetters).join('')}]`, 'gu');
/**
 * Accents, Hebrew points and Arabic vowel signs; not the signs that make another letter, as in が.
 */
const accents = /[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670]/gu;

/**
 * The form in which search texts are compared: accents and invisible characters do not count.
 */
export const foldForSearch = (text: string): string =>
  withoutIgnorable(foldName(text))
    .normalize('NFKD')
    .replace(accents, '')
    .normalize('NFKC')
    .replace(plainLetter, (letter) => plainLetters[letter] ?? letter);
