import type { ClientPayload, Message } from '@parley/contracts';
import type { Writes } from '@parley/timeline';
import type { Connection } from '../connections/connection.ts';
import { Frame } from '../connections/frame.ts';
import type { SenderExclusions } from '../delivery/sender-exclusions.ts';
import { received } from '../delivery/translate.ts';
import { showsOwnMessages } from '../dialects/translator.ts';
import type { DirectRooms } from '../membership/direct-rooms.ts';
import type { Typists } from '../presence/typists.ts';
import { clientEvent } from './client-event.ts';

interface Deps {
  writes: Writes;
  directRooms: DirectRooms;
  typists: Typists;
  exclusions: SenderExclusions;
  newId: () => string;
}

export const sendMessage = (deps: Deps) =>
  clientEvent('send_message', async (connection, payload) => {
    const { roomId, receiver_id: receiverId = payload.to } = payload;
    const message = roomId
      ? await send(deps, connection, roomId, payload)
      : await sendTo(deps, connection, receiverId ?? '', payload);
    return {
      id: message.id,
      seq: message.seq,
      roomId: message.roomId,
      clientId: message.clientId,
      createdAt: message.createdAt,
    };
  });

type Payload = ClientPayload<'send_message'>;

function send(
  { writes, typists }: Deps,
  connection: Connection,
  roomId: string,
  payload: Payload,
  id?: string,
): Promise<Message> {
  const {
    content = payload.message ?? '',
    clientId = payload.client_id ?? null,
    replyTo = null,
    isEncrypted,
  } = payload;
  typists.end(connection, roomId);
  return writes.message(connection.caller, {
    op: 'send',
    roomId,
    content,
    clientId,
    replyTo,
    isEncrypted,
    ...(id && { id }),
  });
}

/** Clients that do not show their own messages as received get a confirmation instead. */
async function sendTo(
  deps: Deps,
  connection: Connection,
  receiverId: string,
  payload: Payload,
): Promise<Message> {
  const { userId } = connection.caller;
  const roomId = payload.is_group ? receiverId : await deps.directRooms.open(userId, receiverId);
  const id = deps.newId();
  if (!showsOwnMessages(connection.dialect)) deps.exclusions.exclude(id, connection.id);
  const message = await send(deps, connection, roomId, payload, id);
  const people = payload.is_group ? undefined : [userId, receiverId];
  connection.send(
    new Frame('message_sent', {
      ...received(message, people),
      to: receiverId,
      message: message.content,
      ...(message.clientId !== null && { client_id: message.clientId }),
    }),
  );
  return message;
}
