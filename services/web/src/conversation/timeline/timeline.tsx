import type { MemberView, UseMessages } from '@parley/react';
import { ArrowDown } from 'lucide-react';
import { type Ref, useImperativeHandle, useRef } from 'react';
import { useWaits } from '../../app/use-waits.ts';
import { useTexts } from '../../texts/texts.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Loading } from '../../ui/loading.tsx';
import { isUnopened, LoadState } from './load-state.tsx';
import { shapeRow } from './shape-row.ts';
import { TimelineRow } from './timeline-row.tsx';
import { useGoal } from './use-goal.ts';
import { useNewCount } from './use-new-count.ts';
import { usePages } from './use-pages.ts';
import { useReadMarker } from './use-read-marker.ts';
import { useRowHandlers, useRowKeys } from './use-row-keys.ts';
import { useTimelineVirtualizer } from './use-timeline-virtualizer.ts';
import './timeline.css';

export interface TimelineHandle {
  jumpTo(seq: number): void;
  followNext(): void;
}

interface TimelineProps {
  ref: Ref<TimelineHandle>;
  messages: UseMessages;
  /** For screen readers. */
  label: string;
  /** The number of the message to open at, or null: the first unread one. */
  at: number | null;
  ownId: string;
  /** How far the reader has read. */
  readSeq: number;
  /** Unread mentions that the end of the timeline settles. */
  mentions: number;
  /** Members who have read the last message. */
  readers?: readonly MemberView[];
  /** Called when the reader leaves the messages by Escape. */
  onLeave(): void;
}

/** The messages of a room or thread. Only the visible part is in the document. */
export function Timeline(props: TimelineProps) {
  const { ref, messages, label, at, ownId, readSeq, mentions, readers, onLeave } = props;
  const { conversation, connection } = useTexts();
  const { items, loading, error, firstUnreadSeq, hasAfter } = messages;
  const scroller = useRef<HTMLElement>(null);
  const { tabStop, setActiveKey } = useRowKeys(items);
  const { virtualizer, isAtEnd } = useTimelineVirtualizer(items, scroller, tabStop);
  const rows = virtualizer.getVirtualItems();
  const { targetKey, isOnTheWay, jumpTo, jumpToLatest, followNext } = useGoal(messages, virtualizer, at);
  const handlers = useRowHandlers(items, virtualizer, scroller, { setActiveKey, onLeave });
  const newCount = useNewCount(messages, isAtEnd, ownId);
  usePages(messages, virtualizer, isOnTheWay);
  useReadMarker(messages, virtualizer, { readSeq, mentions, isOnTheWay });
  useImperativeHandle(ref, () => ({ jumpTo, followNext }), [jumpTo, followNext]);
  const lastStored = items.findLastIndex(({ kind }) => kind === 'message');
  const waits = useWaits({ error, loading: loading === 'first' }) && isUnopened(items);
  const isEmpty = items.length === 0 && loading === null && !error;

  return (
    <div className="timeline">
      <section ref={scroller} className="timeline-scroller" aria-label={label} {...handlers}>
        {waits && <EmptyState title={connection.willLoad} />}
        {items.length === 0 && loading === 'first' && !waits && <Loading text={conversation.loadingFirst} />}
        {isEmpty && <EmptyState title={conversation.emptyTitle} text={conversation.emptyText} />}
        <div ref={virtualizer.containerRef} className="timeline-rows">
          {rows.map(({ index, key }) => {
            const item = items[index];
            if (!item) return null;
            return (
              <div key={key} ref={virtualizer.measureElement} data-index={index} className="timeline-row">
                <TimelineRow
                  item={item}
                  {...shapeRow(items[index - 1], item, firstUnreadSeq, ownId)}
                  isTabStop={index === tabStop}
                  isTarget={item.key === targetKey}
                  readers={index === lastStored && !hasAfter ? readers : undefined}
                />
              </div>
            );
          })}
        </div>
      </section>
      {!waits && <LoadState messages={messages} />}
      {items.length > 0 && (!isAtEnd || hasAfter) && (
        <button type="button" className={`pill ${newCount > 0 ? 'new' : ''}`} onClick={jumpToLatest}>
          <ArrowDown size={16} aria-hidden="true" />
          {newCount > 0 ? (
            conversation.newMessages(newCount)
          ) : (
            <span className="sr-only">{conversation.toLatest}</span>
          )}
        </button>
      )}
    </div>
  );
}
