import type { Message } from '@parley/client';
import { useAccount } from '@parley/react';
import {
  Bookmark,
  BookmarkX,
  Link,
  MessagesSquare,
  Pencil,
  Pin,
  PinOff,
  Reply,
  SmilePlus,
  Trash2,
} from 'lucide-react';
import { useTexts } from '../../texts/texts.tsx';
import { useShownName } from '../../texts/user-name.ts';
import { IconButton } from '../../ui/button.tsx';
import { useRoomContext } from '../room-context.ts';
import { EmojiPicker } from './emoji-picker.tsx';

interface MessageActionsProps {
  message: Message;
  /** Whether the picker is open. */
  onPicking(open: boolean): void;
}

const size = 16;

/** The actions of one message. It is rendered only while the row is hovered or focused. */
export function MessageActions({ message, onPicking }: MessageActionsProps) {
  const { conversation, account } = useTexts();
  const { ownId, canWrite, canModerate, canPin, ...actions } = useRoomContext();
  const { react, reply, openThread, edit, pin, save, copyLink, remove } = actions;
  const isSaved = useAccount(({ bookmarks }) => bookmarks.has(message.id));
  const isOwn = message.userId === ownId;
  const name = useShownName(message);
  return (
    <div className="actions" role="toolbar" aria-label={conversation.actionsFor(name)}>
      {canWrite && (
        <EmojiPicker
          trigger={<IconButton label={conversation.react} icon={<SmilePlus size={size} />} />}
          onPick={(emoji) => react(message, emoji, true)}
          onOpenChange={onPicking}
        />
      )}
      {canWrite && (
        <IconButton
          label={conversation.reply}
          icon={<Reply className="mirrored" size={size} />}
          onClick={() => reply(message)}
        />
      )}
      {openThread && (
        <IconButton
          label={conversation.threads.open}
          icon={<MessagesSquare size={size} />}
          onClick={() => openThread(message)}
        />
      )}
      {canWrite && isOwn && !message.isEncrypted && (
        <IconButton label={conversation.edit} icon={<Pencil size={size} />} onClick={() => edit(message)} />
      )}
      <IconButton
        label={conversation.copyLink}
        icon={<Link size={size} />}
        onClick={() => copyLink(message)}
      />
      {canPin && (
        <IconButton
          label={message.pinned ? account.unpin : account.pin}
          icon={message.pinned ? <PinOff size={size} /> : <Pin size={size} />}
          onClick={() => pin(message, !message.pinned)}
        />
      )}
      {isSaved !== undefined && (
        <IconButton
          label={isSaved ? account.unsave : account.save}
          icon={isSaved ? <BookmarkX size={size} /> : <Bookmark size={size} />}
          onClick={() => save(message, !isSaved)}
        />
      )}
      {(isOwn || canModerate) && (
        <IconButton
          label={conversation.remove}
          icon={<Trash2 size={size} />}
          onClick={() => remove(message)}
        />
      )}
    </div>
  );
}
