import type { Message } from '@parley/client';
import { type UseMessages, type UseRoom, useClient } from '@parley/react';
import { type RefObject, useMemo, useState } from 'react';
import { hrefTo, roomPath } from '../app/router.tsx';
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
  own: { userId: string; username: string };
  room: UseRoom;
  messages: UseMessages;
  composer: ComposerState;
  field: RefObject<ComposerHandle | null>;
  timeline: RefObject<TimelineHandle | null>;
}

/** The context of the rows, and the message whose deletion is to be confirmed. */
export function useRoomActions({ roomId, own, room, messages, composer, field, timeline }: Parts) {
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
  const react = useStable((message: Message, reaction: string, on: boolean) => {
    messages.react(message.id, reaction, on).catch(failed);
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
  const { userId: ownId, username: ownName } = own;
  const context = useMemo<RoomContext>(
    () => ({
      ...{ roomId, ownId, ownName, canWrite, canModerate, originals },
      ...{ reply, edit, react, copyLink, jumpTo, retry, discard, remove: setRemoving },
    }),
    [
      roomId,
      ownId,
      ownName,
      canWrite,
      canModerate,
      originals,
      reply,
      edit,
      react,
      copyLink,
      jumpTo,
      retry,
      discard,
    ],
  );
  return { context, removing, setRemoving, failed, notSaved };
}
