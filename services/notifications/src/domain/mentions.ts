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
const scriptOf = (letter: string): number => spaced.findIndex((script) => script.test(letter));

const mark = /^\p{M}/u;
const letter = /^[\p{L}\p{M}]/u;
const wordCharacter = /^[\p{L}\p{M}\p{N}_]/u;
const inName = /^[^@/\\\p{C}\p{Zl}\p{Zp}]*/u;

/** The form in which names and texts are compared. A name may contain spaces, but no line break. */
const fold = (text: string): string =>
  withoutIgnorable(text.normalize('NFKC').toLowerCase()).replace(/ς/gu, 'σ');

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
  const characters = [...text];
  let name = '';
  if (characters[0] === ' ') return [];
  for (const [index, character] of characters.entries()) {
    name += character;
    if (name.length > maxNameLength) break;
    if (character !== ' ' && mayEnd(character, characters[index + 1])) names.push(name);
  }
  return names.reverse();
}

/**
 * For each mention in a text, the names that it may mean, longest first: `@Ann Lee!` may mean
 * `ann lee!`, `ann lee` or `ann`, because usernames may contain spaces and most signs. An address
 * (`me@ann.org`) is not a mention.
 */
export function possibleMentions(content: string): string[][] {
  const parts = fold(content)
    .replace(/[\p{Zs}\t]+/gu, ' ')
    .split('@');
  return parts.slice(1).flatMap((part, index) => {
    const last = [...(parts[index] ?? '').slice(-2)].at(-1) ?? '';
    const isAddress = wordCharacter.test(last) && !unspaced.test(last);
    const names = isAddress ? [] : namesAtStart(inName.exec(part)?.[0] ?? '');
    return names.length > 0 ? [names] : [];
  });
}
