import type { SearchHit } from '@parley/client';

export interface ExcerptPart {
  text: string;
  isMatch: boolean;
}

/** Shown before the first match, and altogether. */
const maxBefore = 60;
const maxLength = 280;

/** Of a character that the ends of an excerpt have cut. */
const halves = /^[\udc00-\udfff]|[\ud800-\udbff]$/g;

/** The part of a message around its first match, in pieces to highlight. */
export function excerptParts(content: string, ranges: SearchHit['ranges']): ExcerptPart[] {
  const first = ranges[0]?.start ?? 0;
  const start = first > maxBefore ? startOfWord(content, first - maxBefore, first) : 0;
  const end = Math.min(content.length, start + maxLength);
  const parts: ExcerptPart[] = [];
  const add = (from: number, to: number, isMatch: boolean) => {
    const text = content.slice(from, Math.min(to, end)).replace(halves, '');
    if (text !== '') parts.push({ text, isMatch });
  };
  let at = start;
  for (const range of ranges) {
    add(at, range.start, false);
    add(range.start, range.start + range.length, true);
    at = range.start + range.length;
    if (at >= end) break;
  }
  if (at < end) add(at, end, false);
  if (start > 0) parts.unshift({ text: '… ', isMatch: false });
  if (end < content.length) parts.push({ text: ' …', isMatch: false });
  return parts;
}

/** The first start of a word from there on, but not after the match. */
function startOfWord(content: string, from: number, match: number): number {
  const space = content.slice(from, match).search(/\s/);
  return space === -1 ? from : from + space + 1;
}
