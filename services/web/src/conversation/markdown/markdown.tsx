import { Fragment, memo, type ReactNode, useMemo } from 'react';
import { useRowTabIndex } from '../message/row-tab-index.ts';
import type { Block, Inline } from './nodes.ts';
import { parseMarkdown } from './parse-markdown.ts';

interface MarkdownProps {
  content: string;
  /** The reader's name, whose mentions are emphasized. */
  ownName: string;
}

/** The content of a message. Its text never becomes HTML. */
export const Markdown = memo(function Markdown({ content, ownName }: MarkdownProps) {
  const blocks = useMemo(() => parseMarkdown(content), [content]);
  return blocks.map((block, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: blocks have no identity and no state
    <Fragment key={index}>{renderBlock(block, ownName)}</Fragment>
  ));
});

function renderBlock(block: Block, ownName: string): ReactNode {
  const inline = (nodes: Inline[]) => renderInline(nodes, ownName);
  const items = (all: Inline[][]) =>
    all.map((item, index) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: as above
      <li key={index}>{inline(item)}</li>
    ));
  // Each block has the direction of its own text, which also confines direction controls to it.
  switch (block.kind) {
    case 'paragraph':
      return <p dir="auto">{inline(block.children)}</p>;
    case 'quote':
      return <blockquote dir="auto">{inline(block.children)}</blockquote>;
    case 'code':
      return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: wide code scrolls, also by keyboard
        <pre dir="ltr" tabIndex={0}>
          <code>{block.text}</code>
        </pre>
      );
    case 'list':
      return <ul dir="auto">{items(block.items)}</ul>;
    case 'numbers':
      return (
        <ol dir="auto" start={block.start}>
          {items(block.items)}
        </ol>
      );
  }
}

function ExternalLink({ href, text }: { href: string; text: string }) {
  const tabIndex = useRowTabIndex();
  return (
    <a href={href} dir="ltr" target="_blank" rel="noopener noreferrer nofollow" tabIndex={tabIndex}>
      {text}
    </a>
  );
}

const elements = { strong: 'strong', emphasis: 'em', deleted: 'del' } as const;

function renderInline(nodes: Inline[], ownName: string): ReactNode {
  return nodes.map((node, index) => {
    const key = index;
    switch (node.kind) {
      case 'text':
        return node.text;
      case 'break':
        return <br key={key} />;
      case 'code':
        return (
          <code key={key} dir="ltr">
            {node.text}
          </code>
        );
      case 'link':
        return <ExternalLink key={key} href={node.href} text={node.text} />;
      case 'mention': {
        const isOwn = node.name.toLocaleLowerCase() === ownName.toLocaleLowerCase();
        return (
          <bdi key={key} className={isOwn ? 'mention mention-own' : 'mention'}>
            @{node.name}
          </bdi>
        );
      }
      default: {
        const Element = elements[node.kind];
        return <Element key={key}>{renderInline(node.children, ownName)}</Element>;
      }
    }
  });
}
