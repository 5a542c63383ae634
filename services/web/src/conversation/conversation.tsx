import { useMessages, useReadPositions, useRoom, useSession, useTyping } from '@parley/react';
import { useCallback, useEffect, useRef } from 'react';
import { useTexts } from '../texts/texts.tsx';
import { Confirm } from '../ui/confirm.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Announcements } from './announcements.tsx';
import { Composer, type ComposerHandle } from './composer/composer.tsx';
import { useComposer } from './composer/use-composer.ts';
import { useExcerpt } from './message/excerpt.ts';
import { RoomContextProvider } from './room-context.ts';
import { Timeline, type TimelineHandle } from './timeline/timeline.tsx';
import { TypingLine } from './typing-line.tsx';
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
  const field = useRef<ComposerHandle>(null);
  const timeline = useRef<TimelineHandle>(null);
  const parts = { roomId, own, room, messages, composer, field, timeline };
  const { context, removing, setRemoving, failed, notSaved } = useRoomActions(parts);
  const { items, hasAfter, loading, error } = messages;
  const isUnknown = loading === 'first' || (error !== null && items.length === 0);
  const readers = useReaders(items, room.members, positions, ownId);
  const { originals, canWrite } = context;
  useEffect(() => originals.update(items), [originals, items]);
  useEffect(() => {
    // On touch screens, the focus would open the keyboard.
    if (canWrite && matchMedia('(hover: hover)').matches) field.current?.focus();
  }, [canWrite]);

  const submit = useStable((text: string) => {
    const { editing, replyTo } = composer;
    try {
      if (editing) {
        if (text === editing.content) composer.cancel();
        else composer.save(messages.edit(editing.id, text)).catch(notSaved);
      } else {
        timeline.current?.followNext();
        messages.send(text, replyTo ? { replyTo: replyTo.id } : {});
        composer.sent();
      }
    } catch (error) {
      failed(error);
    }
  });
  const editLast = useStable(() => {
    const last = items.findLast(
      (item) => item.kind === 'message' && item.message.userId === ownId && !item.message.deletedAt,
    );
    if (last?.kind === 'message' && !last.message.isEncrypted) composer.edit(last.message);
  });
  const { onInput, onStop } = typing;
  const signal = useCallback((isEmpty: boolean) => (isEmpty ? onStop() : onInput()), [onInput, onStop]);
  const leave = useStable(() => field.current?.focus());
  return (
    <RoomContextProvider value={context}>
      <div className="conversation">
        <Timeline
          ref={timeline}
          {...{ messages, at, ownId, readers }}
          readSeq={positions[ownId] ?? 0}
          onLeave={leave}
        />
        <footer className="conversation-foot">
          <TypingLine users={typing.users} />
          {canWrite ? (
            <Composer
              ref={field}
              state={composer}
              room={name}
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
