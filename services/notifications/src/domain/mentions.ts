import { foldName, withoutIgnorable } from '@parley/contracts/text';

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

/**
 * For each mention in a text, the names that it may mean, longest first: `@Ann Lee!` may mean
 * `ann lee!`, `ann lee` or `ann`, because usernames may contain spaces and most signs. E-mail and
 * web addresses mention nobody. A name contains no line break.
 */
export function possibleMentions(content: string): string[][] {
  const parts = fold(content)
    .replace(address, '\n')
    .replace(/[\p{Zs}\t]+/gu, ' ')
    .split('@');
  const mentions: string[][] = [];
  /** Whether the text up to the `@` is itself a mention, as in `@ann@bob`. */
  let afterMention = false;
  for (const [index, part] of parts.slice(1).entries()) {
    const isAddress: boolean = !afterMention && endsInAddress(parts[index] ?? '');
    const names: string[] = isAddress ? [] : namesAtStart(inName.exec(part)?.[0] ?? '');
    if (names.length > 0) mentions.push(names);
    afterMention = names[0] === part && !part.includes(' ');
  }
  return mentions;
}
