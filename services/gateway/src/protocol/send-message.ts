import type { ClientPayload, Message } from '@parley/contracts';
import type { Connection } from '../connections/connection.ts';
import { Frame } from '../connections/frame.ts';
import { received } from '../delivery/translate.ts';
import { showsOwnMessages } from '../dialects/translator.ts';
import type { Handler, ProtocolContext } from './protocol-context.ts';

type Payload = ClientPayload<'send_message'>;

export const sendMessage: Handler<'send_message'> = async (context, connection, payload) => {
  const { roomId, receiver_id: receiverId = payload.to } = payload;
  const message = roomId
    ? await send(context, connection, roomId, payload, () => requireMember(context, connection, roomId))
    : await sendTo(context, connection, receiverId ?? '', payload);
  return {
    id: message.id,
    seq: message.seq,
    roomId: message.roomId,
    clientId: message.clientId,
    createdAt: message.createdAt,
    ...(message.threadRootSeq !== undefined && { threadRootSeq: message.threadRootSeq }),
  };
};

/** @returns the id of the room */
async function requireMember(
  { memberships, typists, watching }: ProtocolContext,
  connection: Connection,
  roomId: string,
): Promise<string> {
  typists.end(connection, roomId);
  watching.used(connection, roomId);
  await memberships.require(roomId, connection.caller);
  return roomId;
}

/**
 * @param target the room or user that the client names
 * @param findRoom answers the id of the room, in which the caller may send
 */
async function send(
  { sendOrder, submitter }: ProtocolContext,
  connection: Connection,
  target: string,
  payload: Payload,
  findRoom: () => Promise<string>,
  id?: string,
): Promise<Message> {
  const {
    content = payload.message ?? '',
    clientId = payload.client_id ?? null,
    replyTo = null,
    isEncrypted,
    threadRoot,
    alsoInRoom,
    mentions,
    ifSeq,
    ifChangedSeq,
  } = payload;
  const roomId = await sendOrder.prepared(connection, target, findRoom);
  return submitter.message(connection.caller, {
    op: 'send',
    roomId,
    content,
    clientId,
    replyTo,
    isEncrypted,
    ...(id && { id }),
    ...(threadRoot !== undefined && { threadRoot, alsoInRoom }),
    ...(mentions && { mentions }),
    ...(ifSeq !== undefined && { ifSeq }),
    ...(ifChangedSeq !== undefined && { ifChangedSeq }),
  });
}

/** Clients that do not show their own messages as received get a confirmation instead. */
async function sendTo(
  context: ProtocolContext,
  connection: Connection,
  receiverId: string,
  payload: Payload,
): Promise<Message> {
  const { userId } = connection.caller;
  const findRoom = async () => {
    const roomId = payload.is_group ? receiverId : await context.directRooms.open(userId, receiverId);
    return requireMember(context, connection, roomId);
  };
  const id = context.newId();
  if (!showsOwnMessages(connection.dialect)) context.exclusions.exclude(id, connection.id);
  const message = await send(context, connection, receiverId, payload, findRoom, id);
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
