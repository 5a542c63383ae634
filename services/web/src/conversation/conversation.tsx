import { useAccount, useMessages, useReadPositions, useRoom, useSession, useTyping } from '@parley/react';
import { useCallback, useEffect, useRef } from 'react';
import { useTexts } from '../texts/texts.tsx';
import { Confirm } from '../ui/confirm-later.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { Announcements } from './announcements.tsx';
import { CommandAnswer } from './command-answer.tsx';
import { Composer, type ComposerHandle } from './composer/composer.tsx';
import { keepDraft } from './composer/keep-draft.ts';
import { useComposer } from './composer/use-composer.ts';
import { useExcerpt } from './message/excerpt.ts';
import { RoomContextProvider } from './room-context.ts';
import { Timeline, type TimelineHandle } from './timeline/timeline.tsx';
import { TypingLine } from './typing-line.tsx';
import { useMentions } from './use-mentions.ts';
import { useReaders } from './use-readers.ts';
import { useRoomActions } from './use-room-actions.ts';
import { useStable } from './use-stable.ts';
import './conversation.css';

const pageSize = 100;

interface ConversationProps {
  roomId: string;
  /** The number of the message to open at, or null: the first unread one. */
  at: number | null;
  /** The room's name as the reader sees it. */
  name: string;
}

/** The messages of a room, and the field to write one. */
export function Conversation(props: ConversationProps) {
  const { conversation } = useTexts();
  const { user } = useSession();
  const { room } = useRoom(props.roomId);
  if (!user) return null;
  // Makes no requests that would be refused.
  if (room && !room.role) return <EmptyState title={conversation.composer.notMember} />;
  // Another room is another conversation: nothing of the old one remains.
  return <RoomConversation key={`${user.userId} ${props.roomId}`} {...props} own={user} />;
}

interface RoomConversationProps extends ConversationProps {
  own: { userId: string; username: string };
}

function RoomConversation({ roomId, at, name, own }: RoomConversationProps) {
  const { conversation } = useTexts();
  const excerptOf = useExcerpt();
  const ownId = own.userId;
  const messages = useMessages(roomId, { at: at ?? 'unread', pageSize });
  const room = useRoom(roomId);
  const positions = useReadPositions(roomId);
  const typing = useTyping(roomId);
  const composer = useComposer(ownId, roomId);
  const account = useAccount((all) => all);
  useEffect(() => account && keepDraft(account, ownId, roomId), [account, ownId, roomId]);
  const field = useRef<ComposerHandle>(null);
  const timeline = useRef<TimelineHandle>(null);
  const parts = { roomId, own, room, messages, composer, field, timeline };
  const { context, removing, setRemoving, submit, editLast } = useRoomActions(parts);
  const readSeq = positions[ownId] ?? 0;
  const mentions = useMentions({ roomId, ownId, readSeq, context });
  const { items, hasAfter, loading, error } = messages;
  const isUnknown = loading === 'first' || (error !== null && items.length === 0);
  const readers = useReaders(items, room.members, positions, ownId);
  const { originals, canWrite } = context;
  useEffect(() => originals.update(items), [originals, items]);
  useEffect(() => {
    // On touch screens, the focus would open the keyboard.
    if (canWrite && matchMedia('(hover: hover)').matches) field.current?.focus();
  }, [canWrite]);

  const { onInput, onStop } = typing;
  const signal = useCallback((isEmpty: boolean) => (isEmpty ? onStop() : onInput()), [onInput, onStop]);
  const leave = useStable(() => field.current?.focus());
  return (
    <RoomContextProvider value={context}>
      <div className="conversation">
        <Timeline
          ref={timeline}
          {...{ messages, at, ownId, readers, readSeq }}
          label={conversation.messages}
          mentions={mentions.settled}
          onLeave={leave}
        />
        {mentions.count > 0 && (
          <button type="button" className="pill mentions-pill" onClick={mentions.next}>
            <span aria-hidden="true">@{mentions.count}</span>
            <span className="sr-only">{conversation.nextMention(mentions.count)}</span>
          </button>
        )}
        <footer className="conversation-foot">
          <CommandAnswer roomId={roomId} />
          <TypingLine users={typing.users} />
          {canWrite ? (
            <Composer
              ref={field}
              state={composer}
              label={conversation.composer.label(name)}
              onSubmit={submit}
              onInput={signal}
              onEditLast={editLast}
            />
          ) : (
            <DisabledComposer room={room} />
          )}
        </footer>
        <Announcements items={items} isPartial={hasAfter || isUnknown} ownId={ownId} />
      </div>
      {removing && (
        <Confirm
          title={conversation.removeConfirm}
          text={excerptOf(removing)}
          action={conversation.remove}
          onConfirm={() => messages.remove(removing.id)}
          onClose={() => setRemoving(undefined)}
        />
      )}
    </RoomContextProvider>
  );
}

/** Says why the reader cannot write here. */
function DisabledComposer({ room: { room, loading } }: { room: ReturnType<typeof useRoom> }) {
  const { composer } = useTexts().conversation;
  const reason = loading && !room ? composer.loading : composer.gone;
  return (
    <p className="composer-disabled" role="status">
      {reason}
    </p>
  );
}
