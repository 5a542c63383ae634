const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * The start of a text, at most `maxLength` UTF-16 code units. Never splits what readers see as one
 * character, unless that character alone is longer.
 */
export function cutText(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  let end = 0;
  // One more code point, because it may belong to the last character.
  for (const { index, segment } of segmenter.segment(text.slice(0, maxLength + 2))) {
    if (index + segment.length > maxLength) break;
    end = index + segment.length;
  }
  return end > 0 ? text.slice(0, end) : withinPair(text.slice(0, maxLength));
}

/** Drops the first half of a surrogate pair that the cut has split. */
const withinPair = (text: string): string => text.replace(/[\ud800-\udbff]$/, '');
