import type { MemberView } from '@parley/react';
import { useTexts } from '../../texts/texts.tsx';
import { useList } from '../../texts/use-list.ts';
import { useShownNames } from '../../texts/user-name.ts';
import { Avatar } from '../../ui/avatar.tsx';

const maxShown = 5;

/** The members who have read the last message. */
export function SeenBy({ readers }: { readers: readonly MemberView[] }) {
  const { conversation } = useTexts();
  const list = useList();
  const shownName = useShownNames();
  const shown = readers.slice(0, maxShown);
  const names = shown.map(shownName);
  const others = readers.length - shown.length;
  if (others > 0) names.push(conversation.others(others));
  const label = conversation.seenBy(list(names));
  return (
    <p className="seen-by" title={label}>
      <span className="sr-only">{label}</span>
      <span aria-hidden="true">{conversation.seen}</span>
      {shown.map((reader) => (
        <Avatar key={reader.userId} id={reader.userId} name={shownName(reader)} size="tiny" />
      ))}
      {others > 0 && <span aria-hidden="true">+{others}</span>}
    </p>
  );
}
