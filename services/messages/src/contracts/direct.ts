import { type DirectMessage, directContract, type Message } from '@parley/contracts';
import { route } from '@parley/http';
import type { CommonContext } from '../usecases/context.ts';
import { getDirectHistory } from '../usecases/get-direct-history.ts';

export const getDirectHistoryRoute = (context: CommonContext) =>
  route(directContract.getDirectHistory, async ({ caller, params, query, more }) => {
    const { messages, hasMore } = await getDirectHistory(context, caller, params.userId, query);
    const [oldest] = messages;
    if (hasMore && oldest) more({ before: oldest.id, offset: null });
    return messages.map((message) => directMessage(message, caller.userId, params.userId));
  });

const directMessage = (message: Message, userId: string, otherId: string): DirectMessage => ({
  id: message.id,
  sender_id: message.userId,
  receiver_id: message.userId === userId ? otherId : userId,
  content: message.content,
  created_at: message.createdAt,
  seq: message.seq,
});
