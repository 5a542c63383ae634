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
    ? await send(context, connection, roomId, payload)
    : await sendTo(context, connection, receiverId ?? '', payload);
  return {
    id: message.id,
    seq: message.seq,
    roomId: message.roomId,
    clientId: message.clientId,
    createdAt: message.createdAt,
  };
};

async function send(
  { memberships, submitter, typists }: ProtocolContext,
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
  await memberships.require(roomId, connection.caller);
  return submitter.message(connection.caller, {
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
  context: ProtocolContext,
  connection: Connection,
  receiverId: string,
  payload: Payload,
): Promise<Message> {
  const { userId } = connection.caller;
  const roomId = payload.is_group ? receiverId : await context.directRooms.open(userId, receiverId);
  const id = context.newId();
  if (!showsOwnMessages(connection.dialect)) context.exclusions.exclude(id, connection.id);
  const message = await send(context, connection, roomId, payload, id);
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
