import confusables from './confusables.json' with { type: 'json' };
import { foldName } from './fold.ts';
import { withoutIgnorable } from './invisible.ts';

const toText = (codePoints: string): string =>
  String.fromCodePoint(...codePoints.split(' ').map((hex) => Number.parseInt(hex, 16)));

/** Character → the look-alike that stands for its group. See deploy/scripts/confusables.mjs. */
const prototypes = new Map(
  Object.entries(confusables.prototypes).flatMap(([prototype, characters]) =>
    characters.split(' ').map((character) => [toText(character), toText(prototype)] as const),
  ),
);

/** A dot on a letter that has one already, as in `i̇`. */
const secondDot = /(?<=\p{Soft_Dotted})\u0307/gu;

/** The skeleton of UTS 39, section 4, of compatibility-decomposed text. */
const skeleton = (text: string): string =>
  [...withoutIgnorable(text).normalize('NFKC').normalize('NFD').replace(secondDot, '')]
    .map((character) => prototypes.get(character) ?? character)
    .join('')
    .normalize('NFD');

/**
 * The skeletons of a name as written and in lower case, where other letters are alike: `PayPaI`
 * looks like `PayPal`, `PAYPAI` like `paypai`. Two names that share a skeleton imitate each other.
 */
export function skeletonsOf(name: string): string[] {
  const folded = foldName(name);
  const written = name.normalize('NFKC').trim().replace(/\s+/gu, ' ');
  return [...new Set([skeleton(written), skeleton(folded)].map((one) => one.toLowerCase()))].sort();
}

const lettersOf = (text: string): string => text.replace(/[^\p{L}\p{N}\p{M}]/gu, '');

/** Whether a name looks like another one, also with other spaces and punctuation. */
export function imitates(name: string, original: string): boolean {
  const originals = new Set(skeletonsOf(original).map(lettersOf));
  return skeletonsOf(name).some((one) => originals.has(lettersOf(one)));
}
