import type { Message } from '@parley/client';
import { useTexts } from '../../texts/texts.tsx';
import { useList } from '../../texts/use-list.ts';
import { useKnownNames } from '../../texts/user-name.ts';
import { useRoomContext } from '../room-context.ts';
import { useRowTabIndex } from './row-tab-index.ts';

/** How many names a tooltip contains. */
const maxNames = 8;

/** The reactions to a message. Pressing one adds the reader's own, or removes it. */
export function Reactions({ message }: { message: Message }) {
  const { conversation } = useTexts();
  const { ownId, canWrite, react } = useRoomContext();
  const nameOf = useKnownNames();
  const list = useList();
  const tabIndex = useRowTabIndex();
  if (message.reactions.length === 0 || message.deletedAt) return null;
  return (
    <ul className="reactions" aria-label={conversation.reactions}>
      {message.reactions.map(({ reaction, count, userIds }) => {
        const isOwn = userIds.includes(ownId);
        const names = userIds
          .slice(0, maxNames)
          .flatMap((userId) => (userId === ownId ? conversation.you : (nameOf(userId) ?? [])));
        if (count > names.length && names.length > 0) names.push(conversation.others(count - names.length));
        return (
          <li key={reaction}>
            <button
              type="button"
              className="reaction"
              tabIndex={tabIndex}
              aria-pressed={isOwn}
              aria-label={conversation.reaction(reaction, count)}
              title={list(names)}
              disabled={!canWrite}
              onClick={() => react(message, reaction, !isOwn)}
            >
              <bdi>{reaction}</bdi> <span>{count}</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
