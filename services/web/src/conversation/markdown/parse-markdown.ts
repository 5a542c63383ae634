import { withVisibleControls } from './links.ts';
import { type MarkedMention, withoutMarks } from './marked-mentions.ts';
import type { Block } from './nodes.ts';
import { parseInline } from './parse-inline.ts';

const fence = /^\s{0,3}```[^`]*$/;
const closingFence = /^\s{0,3}```\s*$/;
const quote = /^>\s?/;
const bullet = /^\s{0,3}[-*•]\s+(?=\S)/;
const number = /^\s{0,3}(\d{1,9})[.)]\s+(?=\S)/;

type Kind = Block['kind'] | 'blank' | 'fence';

const kindOf = (line: string): Kind => {
  if (line.trim() === '') return 'blank';
  if (fence.test(line)) return 'fence';
  if (quote.test(line)) return 'quote';
  if (bullet.test(line)) return 'list';
  return number.test(line) ? 'numbers' : 'paragraph';
};

/**
 * The content of a message as data that is rendered to elements, never to HTML. Knows paragraphs,
 * quotes, lists, fenced code, `code`, **strong**, *emphasis*, ~~deleted~~, addresses and mentions.
 * Links have no label of their own, so a reader sees where they lead.
 * @param mentions those that the content marks; see `parseInline`
 */
export function parseMarkdown(content: string, mentions?: readonly MarkedMention[]): Block[] {
  const lines = content.replace(/\r\n?/g, '\n').split('\n');
  const blocks: Block[] = [];
  for (let index = 0; index < lines.length; ) {
    const kind = kindOf(lines[index] ?? '');
    const first = index++;
    const isEnd =
      kind === 'fence' ? (line: string) => closingFence.test(line) : (line: string) => kindOf(line) !== kind;
    while (index < lines.length && !isEnd(lines[index] ?? '')) index++;
    const block = toBlock(kind, lines.slice(first, index), mentions);
    if (block) blocks.push(block);
    // The closing fence.
    if (kind === 'fence') index++;
  }
  return blocks;
}

function toBlock(kind: Kind, lines: string[], mentions?: readonly MarkedMention[]): Block | undefined {
  const inline = (text: string) => parseInline(text, mentions);
  switch (kind) {
    case 'blank':
      return undefined;
    case 'fence': {
      const text = lines.slice(1).join('\n');
      // A lone fence is text.
      return text.trim()
        ? { kind: 'code', text: withVisibleControls(withoutMarks(text, mentions ?? [])) }
        : paragraph(lines, inline);
    }
    case 'quote':
      return {
        kind: 'quote',
        children: inline(lines.map((line) => line.replace(quote, '')).join('\n')),
      };
    case 'list':
      return { kind, items: lines.map((line) => inline(line.replace(bullet, ''))) };
    case 'numbers':
      return {
        kind,
        start: Number(number.exec(lines[0] ?? '')?.[1] ?? 1),
        items: lines.map((line) => inline(line.replace(number, ''))),
      };
    default:
      return paragraph(lines, inline);
  }
}

const paragraph = (lines: string[], inline: typeof parseInline): Block => ({
  kind: 'paragraph',
  children: inline(lines.join('\n')),
});
