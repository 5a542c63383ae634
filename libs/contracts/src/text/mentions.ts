import { foldName } from './fold.ts';
import { withoutIgnorable } from './invisible.ts';

/** The longest username in its folded form, apart from a few signs that fold to whole words. */
const maxNameLength = 100;

const classOf = (scripts: string): RegExp =>
  new RegExp(
    `[${scripts
      .split(' ')
      .map((script) => String.raw`\p{Script_Extensions=${script}}`)
      .join('')}]`,
    'u',
  );
/** Scripts that write words without spaces, or append particles to names as Korean does. */
const unspaced = classOf('Han Hiragana Katakana Bopomofo Yi Hangul Thai Lao Khmer Myanmar Tibetan');
const spaced = (
  'Latin Greek Cyrillic Armenian Georgian Hebrew Arabic Syriac Ethiopic Mongolian Devanagari Bengali ' +
  'Gurmukhi Gujarati Oriya Tamil Telugu Kannada Malayalam Sinhala'
)
  .split(' ')
  .map(classOf);
/** Scripts that write words such as *and* and *to* as a part of the next word. */
const prefixing = classOf('Hebrew Arabic Syriac');
const scriptOf = (letter: string): number => spaced.findIndex((script) => script.test(letter));

const mark = /^\p{M}/u;
const letter = /^[\p{L}\p{M}]/u;
const wordCharacter = /^[\p{L}\p{M}\p{N}_]/u;
const inName = /^[^@/\\\p{C}\p{Zl}\p{Zp}]*/u;

/** Underscores that end a word, as in `_@ann_`, are punctuation. */
const closing = /_+(?![\p{L}\p{M}\p{N}_])/gu;
const address = /(?:https?:\/\/|www\.)[!-+--~]*/gu;

/**
 * The form in which names and texts are compared. It ignores case as every language writes it (`ß`
 * and `SS`, `ı` and `I`) and the shape of apostrophes, which keyboards choose.
 */
const fold = (text: string): string =>
  withoutIgnorable(text.normalize('NFKC').toLowerCase().toUpperCase().toLowerCase())
    .normalize('NFKC')
    .replace(/ς/gu, 'σ')
    .replace(/i\u0307/gu, 'i')
    .replace(/[‘’ʼ]/gu, "'");

/** The form in which a member's name is stored. */
export const mentionKey = (username: string): string => fold(foldName(username));

/** Whether a name may end between the two characters. */
function mayEnd(last: string, next: string | undefined): boolean {
  if (next === undefined) return true;
  if (mark.test(next)) return false;
  if (!wordCharacter.test(next) || !wordCharacter.test(last)) return true;
  if (unspaced.test(last) || unspaced.test(next)) return true;
  return letter.test(last) && letter.test(next) && scriptOf(last) !== scriptOf(next);
}

/** The prefixes of the text that may be a name, longest first. */
function namesAtStart(text: string): string[] {
  const names: string[] = [];
  const start = text.slice(0, 2 * maxNameLength);
  const characters = [...start];
  const words = [...start.replace(closing, (run) => ' '.repeat(run.length))];
  let name = '';
  if (characters[0] === ' ') return [];
  for (const [index, character] of characters.entries()) {
    name += character;
    if (name.length > maxNameLength) break;
    if (character !== ' ' && mayEnd(character, words[index + 1])) names.push(name);
  }
  return names.reverse();
}

/** Whether an `@` after this text belongs to an address, as in `me@ann.org`. */
function endsInAddress(text: string): boolean {
  const last = [...text.slice(-maxNameLength).replace(closing, '')].at(-1) ?? '';
  return wordCharacter.test(last) && !unspaced.test(last) && !prefixing.test(last);
}

/** The place of a mention in a text, in UTF-16 code units; it begins with the `@`. */
interface MentionPlace {
  start: number;
  length: number;
}

export interface PossibleMention {
  /** The names that it may mean, in the form of `mentionKey`, longest first. */
  names: readonly string[];
  /** Where the text mentions one of these names; undefined if it has too many invisible signs. */
  placeOf(name: string): MentionPlace | undefined;
}

const sign = /[@＠﹫]/g;
const hiddenSign = '\u0000';
const spaces = /[\p{Zs}\t]+/gu;

/** Whether a text may mention somebody. Costs little. */
export const hasMentionSign = (content: string): boolean => /[@＠﹫]/.test(content);

/** Keeps as many signs as the address has, so that the signs of the text can be counted. */
const withoutAddress = (found: string): string => `\n${hiddenSign.repeat(found.split('@').length - 1)}`;

/**
 * For each mention in a text, the names that it may mean, longest first: `@Ann Lee!` may mean
 * `ann lee!`, `ann lee` or `ann`, because usernames may contain spaces and most signs. E-mail and
 * web addresses mention nobody. A name contains no line break.
 */
export function possibleMentions(content: string): PossibleMention[] {
  const parts = fold(content).replace(address, withoutAddress).replace(spaces, ' ').split('@');
  const starts = [...content.matchAll(sign)].map(({ index }) => index);
  const mentions: PossibleMention[] = [];
  /** The number of signs before the `@`. */
  let signs = hiddenSigns(parts[0]);
  /** Whether the text up to the `@` is itself a mention, as in `@ann@bob`. */
  let afterMention = false;
  for (const [index, part] of parts.slice(1).entries()) {
    const isAddress: boolean = !afterMention && endsInAddress(parts[index] ?? '');
    const names: string[] = isAddress ? [] : namesAtStart(inName.exec(part)?.[0] ?? '');
    const start = starts[signs];
    signs += 1 + hiddenSigns(part);
    if (names.length > 0)
      mentions.push({
        names,
        placeOf: (name) => (start === undefined ? undefined : findPlace(content, start, name)),
      });
    afterMention = names[0] === part && !part.includes(' ');
  }
  return mentions;
}

const hiddenSigns = (part = ''): number => part.split(hiddenSign).length - 1;

/** The text of a folded name is rarely longer; one with more invisible characters has no place. */
const maxPlaceLength = 2 * maxNameLength;

/** The longest text after the sign that has the name as its folded form. */
function findPlace(content: string, start: number, name: string): MentionPlace | undefined {
  let length = 0;
  let text = '';
  for (const character of content.slice(start + 1, start + maxPlaceLength)) {
    text += character;
    if (fold(text).replace(spaces, ' ') === name) length = 1 + text.length;
    else if (length > 0) break;
  }
  return length > 0 ? { start, length } : undefined;
}
