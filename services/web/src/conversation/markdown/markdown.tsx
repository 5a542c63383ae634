import type { Message } from '@parley/client';
import { Fragment, memo, type ReactNode, useMemo } from 'react';
import { useShownName } from '../../texts/user-name.ts';
import { useRowTabIndex } from '../message/row-tab-index.ts';
import { markMentions } from './marked-mentions.ts';
import type { Block, Inline } from './nodes.ts';
import { parseMarkdown } from './parse-markdown.ts';

interface MarkdownProps extends Pick<Message, 'content' | 'mentions' | 'roomMention'> {
  /** The reader, whose mentions are emphasized. */
  ownId: string;
  ownName: string;
}
type Reader = Pick<MarkdownProps, 'ownId' | 'ownName'>;

/** The content of a message. Its text never becomes HTML. */
export const Markdown = memo(function Markdown({
  content,
  mentions,
  roomMention,
  ownId,
  ownName,
}: MarkdownProps) {
  const blocks = useMemo(() => {
    const marked = markMentions({ content, mentions, roomMention });
    return parseMarkdown(marked?.text ?? content, marked?.mentions);
  }, [content, mentions, roomMention]);
  const reader = { ownId, ownName };
  return blocks.map((block, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: blocks have no identity and no state
    <Fragment key={index}>{renderBlock(block, reader)}</Fragment>
  ));
});

function renderBlock(block: Block, reader: Reader): ReactNode {
  const inline = (nodes: Inline[]) => renderInline(nodes, reader);
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

/** Shows the present name of a user whom the message mentions by id. */
function MentionedUser({ userId, name, isOwn }: { userId: string; name: string; isOwn: boolean }) {
  const shown = useShownName({ userId, username: name });
  return <MentionText name={shown} isOwn={isOwn} />;
}

const MentionText = ({ name, isOwn }: { name: string; isOwn: boolean }) => (
  <bdi className={isOwn ? 'mention mention-own' : 'mention'}>@{name}</bdi>
);

const elements = { strong: 'strong', emphasis: 'em', deleted: 'del' } as const;

function renderInline(nodes: Inline[], reader: Reader): ReactNode {
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
        const { name, userId } = node;
        if (userId) {
          const isOwn = userId === reader.ownId;
          return <MentionedUser key={key} userId={userId} name={name} isOwn={isOwn} />;
        }
        const isOwn = userId === null || name.toLocaleLowerCase() === reader.ownName.toLocaleLowerCase();
        return <MentionText key={key} name={name} isOwn={isOwn} />;
      }
      default: {
        const Element = elements[node.kind];
        return <Element key={key}>{renderInline(node.children, reader)}</Element>;
      }
    }
  });
}
