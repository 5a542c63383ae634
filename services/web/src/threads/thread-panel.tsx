import { type UseRoom, useRoom, useSession, useThread } from '@parley/react';
import { X } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { Announcements } from '../conversation/announcements.tsx';
import { Composer, type ComposerHandle } from '../conversation/composer/composer.tsx';
import { useComposer } from '../conversation/composer/use-composer.ts';
import { useExcerpt } from '../conversation/message/excerpt.ts';
import { RoomContextProvider } from '../conversation/room-context.ts';
import { Timeline, type TimelineHandle } from '../conversation/timeline/timeline.tsx';
import { useRoomActions } from '../conversation/use-room-actions.ts';
import { useStable } from '../conversation/use-stable.ts';
import { useTexts } from '../texts/texts.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { Confirm } from '../ui/confirm-later.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import './threads.css';

interface ThreadPanelProps {
  roomId: string;
  /** A message of the thread. */
  messageId: string;
  onClose(): void;
}

/** A thread beside its room: its messages, and the field to reply. */
export function ThreadPanel(props: ThreadPanelProps) {
  const { conversation, common } = useTexts();
  const texts = conversation.threads;
  const { user } = useSession();
  const room = useRoom(props.roomId);
  // Makes no requests that would be refused.
  const isGone = room.room !== null && !room.room.role;
  return (
    <section className="members thread" aria-label={texts.title}>
      {user && !isGone ? (
        <Thread {...props} own={user} room={room} />
      ) : (
        <>
          <div className="members-head">
            <h2>{texts.title}</h2>
            <IconButton label={common.close} icon={<X size={18} />} onClick={props.onClose} />
          </div>
          <EmptyState title={texts.gone} />
        </>
      )}
    </section>
  );
}

interface ThreadProps extends ThreadPanelProps {
  own: { userId: string; username: string };
  room: UseRoom;
}

const pageSize = 100;

function Thread({ roomId, messageId, onClose, own, room }: ThreadProps) {
  const { conversation, common } = useTexts();
  const texts = conversation.threads;
  const excerptOf = useExcerpt();
  const { thread, follow, ...messages } = useThread(roomId, messageId, { at: 'unread', pageSize });
  const composer = useComposer(own.userId, `${roomId}.${messageId}`);
  const field = useRef<ComposerHandle>(null);
  const timeline = useRef<TimelineHandle>(null);
  const [alsoInRoom, setAlsoInRoom] = useState(false);
  const options = alsoInRoom ? { alsoInRoom } : {};
  const threadRoot = thread?.rootId ?? messageId;
  const parts = { roomId, threadRoot, own, room, messages, composer, field, timeline, options };
  const { context, removing, setRemoving, submit, editLast, failed } = useRoomActions(parts);
  const { originals, canWrite } = context;
  const { items, error } = messages;
  // The room reads the others out.
  const announced = useMemo(
    () => items.filter((item) => item.kind === 'message' && !item.message.alsoInRoom),
    [items],
  );
  const leave = useStable(() => field.current?.focus());
  const isGone = error !== null && !error.retryable && items.length === 0;
  // Without replies, there is nothing to mark.
  const readSeq = thread?.lastReplySeq ? thread.readSeq : Number.POSITIVE_INFINITY;
  useEffect(() => originals.update(items), [originals, items]);
  useEffect(() => {
    // On touch screens, the focus would open the keyboard.
    if (canWrite && matchMedia('(hover: hover)').matches) field.current?.focus();
  }, [canWrite]);
  return (
    <RoomContextProvider value={context}>
      <div className="members-head">
        <h2>{texts.title}</h2>
        <span className="thread-tools">
          {thread && (
            <Button kind="quiet" onClick={() => void follow(!thread.following).catch(failed)}>
              {thread.following ? texts.unfollow : texts.follow}
            </Button>
          )}
          <IconButton label={common.close} icon={<X size={18} />} onClick={onClose} />
        </span>
      </div>
      {isGone ? (
        <EmptyState title={texts.gone} />
      ) : (
        <Timeline
          ref={timeline}
          {...{ messages, readSeq }}
          label={texts.messages}
          at={null}
          ownId={own.userId}
          mentions={0}
          onLeave={leave}
        />
      )}
      {canWrite && !isGone && (
        <footer className="thread-foot">
          <label className="thread-also">
            <input
              type="checkbox"
              checked={alsoInRoom}
              onChange={({ target }) => setAlsoInRoom(target.checked)}
            />
            {texts.alsoInRoom}
          </label>
          <Composer
            ref={field}
            state={composer}
            label={texts.reply}
            onSubmit={submit}
            onInput={ignore}
            onEditLast={editLast}
          />
        </footer>
      )}
      <Announcements
        items={announced}
        isPartial={messages.hasAfter || messages.loading === 'first'}
        ownId={own.userId}
      />
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

const ignore = () => undefined;
