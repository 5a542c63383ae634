import type { MemberView, TimelineItem } from '@parley/react';
import { memo } from 'react';
import { useTexts } from '../../texts/texts.tsx';
import { useShownName } from '../../texts/user-name.ts';
import { BotBadge } from '../../ui/bot-badge.tsx';
import { MessageRow } from '../message/message-row.tsx';
import { useDayName, useTimes } from '../message/times.ts';
import { type RowShape, timeOf } from './shape-row.ts';

interface TimelineRowProps extends RowShape {
  item: TimelineItem;
  isTabStop: boolean;
  isTarget: boolean;
  /** Members who have read it; only of the last message. */
  readers: readonly MemberView[] | undefined;
}

/** One item with the separators above it. Renders again only if one of its properties changes. */
export const TimelineRow = memo(function TimelineRow({
  item,
  day,
  isUnreadStart,
  isTabStop,
  ...message
}: TimelineRowProps) {
  return (
    <>
      {day > 0 && <DaySeparator time={day} />}
      {isUnreadStart && <UnreadDivider />}
      {item.kind === 'message' || item.kind === 'pending' ? (
        <MessageRow item={item} isTabStop={isTabStop} {...message} />
      ) : (
        <PassageRow item={item} isTabStop={isTabStop} />
      )}
    </>
  );
});

function DaySeparator({ time }: { time: number }) {
  return (
    <p className="separator">
      <span>{useDayName(time)}</span>
    </p>
  );
}

function UnreadDivider() {
  const { conversation } = useTexts();
  return (
    <p className="separator unread">
      <span>{conversation.new}</span>
    </p>
  );
}

interface PassageRowProps {
  item: Extract<TimelineItem, { kind: 'joined' | 'left' }>;
  isTabStop: boolean;
}

function PassageRow({ item, isTabStop }: PassageRowProps) {
  const { conversation } = useTexts();
  const times = useTimes();
  const name = useShownName(item);
  const time = timeOf(item);
  return (
    <article className="passage" tabIndex={isTabStop ? 0 : -1} title={times.full.format(time)}>
      {conversation[item.kind](name)} <BotBadge user={item} />{' '}
      <time dateTime={item.time}>{times.clock.format(time)}</time>
    </article>
  );
}
