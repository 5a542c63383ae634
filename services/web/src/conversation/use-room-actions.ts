import type { Message } from '@parley/client';
import { type UseMessages, type UseRoom, useAccount, useClient } from '@parley/react';
import { type RefObject, useMemo, useState } from 'react';
import { hrefTo, navigate, roomPath, threadPath } from '../app/router.tsx';
import { mayPin } from '../rooms/may-pin.ts';
import { useErrorText } from '../texts/error-text.ts';
import { useTexts } from '../texts/texts.tsx';
import { copyText } from '../ui/copy-text.ts';
import { useNotice } from '../ui/notice.tsx';
import type { ComposerHandle } from './composer/composer.tsx';
import type { ComposerState } from './composer/use-composer.ts';
import { Originals } from './message/originals.ts';
import type { RoomContext } from './room-context.ts';
import type { TimelineHandle } from './timeline/timeline.tsx';
import { useStable } from './use-stable.ts';

interface Parts {
  roomId: string;
  /** The message that begins the thread; absent for the messages of a room. */
  threadRoot?: string;
  own: { userId: string; username: string };
  room: UseRoom;
  messages: UseMessages;
  composer: ComposerState;
  field: RefObject<ComposerHandle | null>;
  timeline: RefObject<TimelineHandle | null>;
  /** Of new messages, beside their text. */
  options?: Parameters<UseMessages['send']>[1];
}

/** The context of the rows, the composer's actions, and the message that the reader may delete. */
export function useRoomActions(parts: Parts) {
  const { roomId, threadRoot, own, room, messages, composer, field, timeline } = parts;
  const client = useClient();
  const { conversation, common } = useTexts();
  const errorText = useErrorText();
  const notify = useNotice();
  const [removing, setRemoving] = useState<Message>();
  const originals = useMemo(() => new Originals((id) => client.message(roomId, id)), [client, roomId]);
  const failed = useStable((error: unknown) => notify(errorText(error)));
  const notSaved = useStable((error: unknown) =>
    notify(`${conversation.composer.notSaved} ${errorText(error)}`),
  );

  const reply = useStable((message: Message) => {
    composer.reply(message);
    field.current?.focus();
  });
  const edit = useStable((message: Message) => {
    composer.edit(message);
    field.current?.focus();
  });
  const submit = useStable((text: string) => {
    const { editing, replyTo } = composer;
    try {
      if (editing) {
        if (text === editing.content) composer.cancel();
        else composer.save(messages.edit(editing.id, text)).catch(notSaved);
      } else {
        timeline.current?.followNext();
        messages.send(text, { ...(replyTo && { replyTo: replyTo.id }), ...parts.options });
        composer.sent();
      }
    } catch (error) {
      failed(error);
    }
  });
  const editLast = useStable(() => {
    const last = messages.items.findLast(
      (item) => item.kind === 'message' && item.message.userId === own.userId && !item.message.deletedAt,
    );
    if (last?.kind === 'message' && !last.message.isEncrypted) composer.edit(last.message);
  });
  const showThread = useStable(({ id }: Message) => navigate(threadPath(roomId, id)));
  const openThread = threadRoot ? undefined : showThread;
  const react = useStable((message: Message, reaction: string, on: boolean) => {
    messages.react(message.id, reaction, on).catch(failed);
  });
  const pin = useStable(({ id: messageId }: Message, on: boolean) => {
    const change = on ? client.api.pinMessage : client.api.unpinMessage;
    change({ roomId, messageId }).catch(failed);
  });
  const account = useAccount((all) => all);
  const save = useStable(({ id }: Message, on: boolean) => {
    account?.bookmark(roomId, id, on).catch(failed);
  });
  const copyLink = useStable((message: Message) => {
    const address = new URL(hrefTo(roomPath(roomId, message.seq)), location.href).href;
    void copyText(address).then((copied) => notify(copied ? conversation.linkCopied : common.copyFailed));
  });
  const jumpTo = useStable((seq: number) => timeline.current?.jumpTo(seq));
  const { retry, discard } = messages;
  const role = room.room?.role ?? null;
  const canWrite = role !== null;
  const canModerate = role === 'owner' || role === 'admin';
  const canPin = mayPin(room.room);
  const { userId: ownId, username: ownName } = own;
  const context = useMemo<RoomContext>(
    () => ({
      ...{ roomId, ownId, ownName, canWrite, canModerate, canPin, originals, threadRoot },
      ...{ reply, openThread, edit, react, pin, save, copyLink, jumpTo, retry, discard, remove: setRemoving },
    }),
    [
      roomId,
      ownId,
      ownName,
      canWrite,
      canModerate,
      canPin,
      originals,
      threadRoot,
      reply,
      openThread,
      edit,
      react,
      pin,
      save,
      copyLink,
      jumpTo,
      retry,
      discard,
    ],
  );
  return { context, removing, setRemoving, submit, editLast, failed };
}
