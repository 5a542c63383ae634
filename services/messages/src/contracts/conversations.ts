import { type Caller, conversationsContract, type Message, toConversationMessage } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { type Route, route } from '@parley/http';
import { addStatus } from '../usecases/add-status.ts';
import type { CommonContext } from '../usecases/context.ts';
import { getHistory, type HistoryPage, type HistoryQuery } from '../usecases/get-history.ts';
import { getMessage } from '../usecases/get-message.ts';
import { locateMessage } from '../usecases/locate-message.ts';

/**
 * Messages in the `conversations` contract: a conversation is a room, and message paths omit it.
 */
export function conversationsRoutes(context: CommonContext): Route[] {
  const { databases, submitter } = context;
  const show = async (messages: Message[]) =>
    (await addStatus(context, messages)).map((one) => toConversationMessage(one.message, one.status));
  const showOne = async (one: Message) => {
    const [shown] = await show([one]);
    if (!shown) throw new AppError('server_error');
    return shown;
  };
  /**
   * Runs `act` with the room of the message. A message in a hidden room is reported as not found,
   * like one that does not exist.
   */
  const about = async <R>(messageId: string, act: (roomId: string) => Promise<R>): Promise<R> => {
    const roomId = await locateMessage(context, messageId);
    if (!roomId) throw new AppError('message_not_found');
    return act(roomId).catch((error: unknown) => {
      throw error instanceof AppError && error.code === 'room_not_found'
        ? new AppError('message_not_found')
        : error;
    });
  };
  const advance = (caller: Caller, to: 'delivered' | 'read', roomId: string, messageId: string) =>
    to === 'read'
      ? submitter.read(caller, { op: 'read', roomId, messageId })
      : submitter.deliver(caller, { op: 'deliver', roomId, messageId });

  return [
    route(conversationsContract.sendMessage, async ({ body, caller }) =>
      showOne(
        await submitter.message(caller, {
          op: 'send',
          roomId: body.conversation_id,
          content: body.content,
          clientId: body.client_id ?? null,
          replyTo: null,
          isEncrypted: false,
        }),
      ),
    ),
    route(conversationsContract.listMessages, async ({ params, query, caller, more }) => {
      const found = await getHistory(databases.of(params.conversationId), caller, params.conversationId, {
        ...query,
        only: 'present',
      });
      if (found.hasMore) more(nextOf(query, found));
      return show(found.messages);
    }),
    route(conversationsContract.editMessage, ({ params: { id: messageId }, body, caller }) =>
      about(messageId, async (roomId) =>
        showOne(await submitter.message(caller, { op: 'edit', roomId, messageId, content: body.content })),
      ),
    ),
    route(conversationsContract.setMessageStatus, ({ params: { id: messageId }, body, caller }) =>
      about(messageId, async (roomId) => {
        await advance(caller, body.status, roomId, messageId);
        return showOne(await getMessage(databases.of(roomId), caller, roomId, messageId));
      }),
    ),
    route(conversationsContract.deleteMessage, ({ params: { id: messageId }, caller }) =>
      about(messageId, async (roomId) => {
        // In this contract only the sender may delete; elsewhere owners and admins may, too.
        if ((await getMessage(databases.of(roomId), caller, roomId, messageId)).userId !== caller.userId)
          throw new AppError('not_authorized');
        return showOne(await submitter.message(caller, { op: 'delete', roomId, messageId }));
      }),
    ),
  ];
}

/**
 * Query of the next page, in the direction in which the client pages. After a page that was cut
 * short by its size, paging continues by `seq`.
 */
function nextOf({ after_seq, page, limit }: HistoryQuery, found: HistoryPage): Record<string, number | null> {
  if (after_seq !== undefined) return { after_seq: found.after_seq ?? after_seq };
  if (page !== undefined && found.messages.length === limit) return { page: page + 1 };
  return { before_seq: found.before_seq, page: null };
}
