import { emojiSequences } from './emoji.ts';
import { hidden } from './invisible.ts';

/** Scripts whose spelling needs U+200C and U+200D: joined letters, and Indic conjuncts. */
const joiningScripts =
  'Arabic Syriac Mandaic Mongolian Nko Adlam Hanifi_Rohingya Devanagari Bengali Gurmukhi Gujarati ' +
  'Oriya Tamil Telugu Kannada Malayalam Sinhala Khmer Myanmar Tibetan Javanese Balinese Chakma';
const joining = joiningScripts
  .split(' ')
  .map((script) => String.raw`\p{Script_Extensions=${script}}`)
  .join('');
const viramas = String.raw`\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca`;
/** A joiner within a word, or after the virama that ends one (as in `ന്‍`). */
const joiners = new RegExp(
  String.raw`(?<=[${joining}])(?<=[\p{L}\p{M}])[\u200c\u200d](?=[${joining}])(?=[\p{L}\p{M}])` +
    String.raw`|(?<=[${viramas}])[\u200c\u200d]`,
  'gu',
);

const hiddenCharacters = new RegExp(`[${hidden}]`, 'u');
/** UTS 39, section 5.4: no language needs more than four marks on a letter, or the same twice. */
const stackedMarks = /[\p{Mn}\p{Me}]{5}|([\p{Mn}\p{Me}])\1/u;
const startsWithMark = /^\p{M}/u;

/** The form in which names are stored: composed characters (NFC), without outer spaces. */
export const tidyName = (name: string): string => name.normalize('NFC').trim();

/**
 * Whether everything in a name can be seen. Line breaks, direction overrides and invisible
 * characters would let a name imitate another one or disturb the text around it. Joiners count as
 * letters where the spelling of a word or an emoji needs them.
 */
export function isVisibleName(name: string): boolean {
  const rest = name.replace(emojiSequences, '☺').replace(joiners, '');
  return (
    rest !== '' &&
    !hiddenCharacters.test(rest) &&
    !startsWithMark.test(rest) &&
    !stackedMarks.test(rest.normalize('NFD'))
  );
}

/** The name without what `isVisibleName` objects to; may be empty. */
export function makeVisible(name: string): string {
  const tidy = tidyName(name);
  if (isVisibleName(tidy)) return tidy;
  const shown = [...tidy].filter((one) => !hiddenCharacters.test(one)).join('');
  return stackedMarks.test(shown.normalize('NFD'))
    ? tidyName(shown.normalize('NFD').replace(/\p{M}/gu, ''))
    : tidyName(shown.replace(/^[\p{M}\s]+/u, ''));
}
