import type { Block, Inline } from './nodes.ts';
import { parseMarkdown } from './parse-markdown.ts';

/** The beginning of a message on one line, as it is read: without markers. */
export function plainText(content: string, maxLength: number): string {
  // Markers make the text shorter.
  const text = parseMarkdown(content.slice(0, maxLength * 2))
    .map(ofBlock)
    .join(' ');
  return text.replace(/\s+/g, ' ').trim().slice(0, maxLength);
}

function ofBlock(block: Block): string {
  if ('items' in block) return block.items.map(ofInline).join(' ');
  return block.kind === 'code' ? block.text : ofInline(block.children);
}

const ofInline = (nodes: readonly Inline[]): string =>
  nodes
    .map((node) => {
      if ('children' in node) return ofInline(node.children);
      if (node.kind === 'mention') return `@${node.name}`;
      return node.kind === 'break' ? ' ' : node.text;
    })
    .join('');
