import type { Query, Word } from './query.ts';
import { clusters, foldsInPlace, foldText, type Kind, kindAt, kindBefore, piecesOf } from './text.ts';

/** A part of a message's content in UTF-16 code units. */
export interface MatchedRange {
  start: number;
  length: number;
}

const maxRanges = 50;

/** Whether a message's content has all words of the query and none of the excluded ones. */
export function matches(content: string, { words, excluded }: Query): boolean {
  const folded = foldText(content);
  const contains = (word: Word) => !occurrences(folded, word).next().done;
  return words.every(contains) && !excluded.some(contains);
}

/** Where the query's words are in the content, in order and without overlaps, at most 50. */
export function rangesOf(content: string, { words }: Query): MatchedRange[] {
  const folded = foldText(content);
  const found: [number, number][] = [];
  for (const word of words)
    for (const range of occurrences(folded, word)) if (found.push(range) >= maxRanges) break;
  if (found.length === 0) return [];
  const origin = originsOf(content, folded);
  if (!origin) return [];
  const ranges: MatchedRange[] = [];
  for (const [start, end] of found.sort(([a], [b]) => a - b)) {
    const from = origin.starts[start] ?? 0;
    const to = origin.ends[end - 1] ?? from;
    const last = ranges.at(-1);
    if (last && from <= last.start + last.length) last.length = Math.max(last.length, to - last.start);
    else ranges.push({ start: from, length: to - from });
  }
  return ranges.slice(0, maxRanges);
}

/** The ranges of a word in a folded text, from the start of a word to the end of one. */
function* occurrences(folded: string, { text, isPrefix }: Word): Generator<[number, number]> {
  const [first] = piecesOf(text);
  const fromRunStart = first?.start === 0 && (first.parts?.length ?? 0) > 1;
  for (let start = folded.indexOf(text); start !== -1; start = folded.indexOf(text, start + 1)) {
    const end = start + text.length;
    const before = kindBefore(folded, start);
    const beginsWord = fromRunStart
      ? before !== 'letter' && before !== 'digit'
      : isBoundary(before, kindAt(folded, start));
    if (beginsWord && (isPrefix || isBoundary(kindBefore(folded, end), kindAt(folded, end))))
      yield [start, end];
  }
}

const isGap = (kind: Kind): boolean => kind === 'other' || kind === 'none';

/** Whether a word may end before, and another one begin with, the second character. */
function isBoundary(before: Kind, after: Kind): boolean {
  if (after === 'mark') return false;
  return isGap(before) || isGap(after) || before === 'dense' || after === 'dense' || before !== after;
}

/**
 * The part of the content that each code unit of its folded form comes from. Undefined if the form
 * of the whole is not that of its characters, one after the other.
 */
function originsOf(content: string, folded: string): { starts: number[]; ends: number[] } | undefined {
  const starts: number[] = [];
  const ends: number[] = [];
  if (foldsInPlace(content, folded)) {
    for (let index = 0; index < folded.length; index++) {
      starts.push(index);
      ends.push(index + 1);
    }
    return { starts, ends };
  }
  let text = '';
  for (const { 0: cluster, index } of content.matchAll(clusters)) {
    const isSpace = cluster.trim() === '';
    const form = isSpace ? ' ' : foldText(cluster);
    if (isSpace && (text === '' || text.endsWith(' '))) continue;
    text += form;
    for (let unit = 0; unit < form.length; unit++) {
      starts.push(index);
      ends.push(index + cluster.length);
    }
  }
  return text.trimEnd() === folded ? { starts, ends } : undefined;
}
