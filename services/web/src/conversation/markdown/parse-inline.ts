import { OpenEmphasis } from './delimiters.ts';
import { addressPattern, safeHref, trimAddress, withoutOverrides, withVisibleControls } from './links.ts';
import { type MarkedMention, withoutMarks } from './marked-mentions.ts';
import type { Emphasis, Inline } from './nodes.ts';

const tokens = new RegExp(
  [
    String.raw`\\(?<escaped>[\\*_~\x60@#>\-])`,
    String.raw`(?<ticks>\x60{1,3})(?!\x60)(?<code>[^\n]+?)\k<ticks>(?!\x60)`,
    `(?<address>${addressPattern})`,
    String.raw`\0(?<marked>\d+)\0`,
    String.raw`(?<mention>@[\p{L}\p{N}_](?:[\p{L}\p{N}\p{M}_.\-]{0,48}[\p{L}\p{N}\p{M}_])?)`,
    String.raw`(?<marker>\*{1,3}|_{1,2}|~~)`,
    String.raw`(?<newline>\n)`,
    // Plain characters in one piece, up to one that may begin something else.
    String.raw`(?<plain>[^\\\x60*_~@\0\nhH]+|[hH](?!ttps?:)|[\s\S])`,
  ].join('|'),
  'giuy',
);
const kinds: Record<string, Emphasis> = {
  '**': 'strong',
  __: 'strong',
  '*': 'emphasis',
  _: 'emphasis',
  '~~': 'deleted',
};
const letter = /[\p{L}\p{N}_]/u;
const blank = /^\s?$/u;

/**
 * Emphasis, code, links and mentions in a text. Nothing is lost: what means nothing is text.
 * @param mentions those that the text marks; without them, whatever looks like one is a mention
 */
export function parseInline(text: string, mentions?: readonly MarkedMention[]): Inline[] {
  const open = new OpenEmphasis();
  for (let index = 0; index < text.length; ) {
    tokens.lastIndex = index;
    const match = tokens.exec(text);
    const { 0: matched = text.slice(index), groups = {} } = match ?? {};
    const before = text.slice(Math.max(0, index - 1), index);
    const after = text.slice(index + matched.length, index + matched.length + 1);
    index += matched.length;
    if (groups.escaped !== undefined) open.add({ kind: 'text', text: groups.escaped });
    else if (groups.code !== undefined)
      open.add({ kind: 'code', text: withVisibleControls(withoutMarks(groups.code, mentions ?? [])) });
    else if (groups.marked !== undefined) addMarked(open, mentions?.[Number(groups.marked)]);
    else if (groups.newline !== undefined) open.add({ kind: 'break' });
    // The punctuation after an address may be markers.
    else if (groups.address !== undefined) index += addAddress(open, matched, before) - matched.length;
    else if (groups.marker !== undefined) addMarkers(open, matched, before, after);
    else if (groups.mention !== undefined && !mentions && !letter.test(before))
      open.add({ kind: 'mention', name: matched.slice(1) });
    else open.add({ kind: 'text', text: withoutOverrides(matched) });
  }
  return open.finish();
}

function addMarked(open: OpenEmphasis, mention: MarkedMention | undefined): void {
  if (mention) open.add({ kind: 'mention', name: mention.text.slice(1), userId: mention.userId });
}

/** Returns how many characters it has used. */
function addAddress(open: OpenEmphasis, matched: string, before: string): number {
  const address = trimAddress(matched);
  const href = letter.test(before) ? null : safeHref(address);
  if (href) open.add({ kind: 'link', href, text: address });
  else open.add({ kind: 'text', text: withoutOverrides(address) });
  return address.length;
}

/** A run of markers closes what is open, innermost first, and opens with what remains. */
function addMarkers(open: OpenEmphasis, run: string, before: string, after: string): void {
  const isWord = run.length === 1 || run[0] === '_';
  const closes = !blank.test(before) && !(isWord && letter.test(after));
  const opens = !blank.test(after) && !(isWord && letter.test(before));
  const markers = run[0] === '~' ? ['~~'] : run[0] === '_' ? ['_', '__'] : ['*', '**'];
  let rest = run;
  while (closes && rest) {
    const inner = open.innermost(markers.filter((marker) => marker.length <= rest.length));
    if (!inner) break;
    open.close(inner.kind);
    rest = rest.slice(inner.marker.length);
  }
  while (opens && rest) {
    const marker = markers.findLast(
      (each) => each.length <= rest.length && !open.isOpen(kinds[each] as Emphasis),
    );
    if (!marker) break;
    open.open(kinds[marker] as Emphasis, marker);
    rest = rest.slice(marker.length);
  }
  if (rest) open.add({ kind: 'text', text: rest });
}
