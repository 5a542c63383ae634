import { ask } from '@parley/bus';
import {
  type Caller,
  type Conversation,
  calls,
  conversationsContract,
  type Member,
  type RoomView,
  toConversationMessage,
} from '@parley/contracts';
import { AppError, validationFailed } from '@parley/errors';
import { type Route, route } from '@parley/http';
import { chunks } from '@parley/runtime/async';
import { addMembers } from '../usecases/add-members.ts';
import type { Context } from '../usecases/context.ts';
import { createRoom } from '../usecases/create-room.ts';
import { firstMembersOf } from '../usecases/list-members.ts';
import { listRooms } from '../usecases/list-rooms.ts';
import { openDirectRoom } from '../usecases/open-direct-room.ts';
import { removeMember } from '../usecases/remove-member.ts';
import { requireMember, viewRoom } from '../usecases/room-access.ts';

const shownMessages = { limit: 200, most: 1_000 } as const;

/**
 * The conversations of the `conversations` contract: a conversation is a room of any kind that the
 * caller is a member of.
 */
export const conversationsRoutes = (context: Context): Route[] => [
  route(conversationsContract.createConversation, async ({ body, caller }) =>
    show(
      context,
      caller,
      body.is_group
        ? await createGroup(context, caller, body)
        : await openDirect(context, caller, body.participant_ids),
    ),
  ),
  route(conversationsContract.listConversations, async ({ query, caller, more }) => {
    // Conversations are shown without their pictures.
    const page = { ...query, overlong: 'leave out their pictures' as const };
    const { rooms, nextCursor } = await listRooms(context, caller, { userId: caller.userId }, page);
    more(nextCursor === null ? null : { cursor: nextCursor, page: null });
    return conversationsOf(context, caller, rooms);
  }),
  route(conversationsContract.getConversation, async ({ params, caller, more }) => {
    await requireMember(context.db, caller, params.id);
    const { userId, organizationId } = caller;
    const request = { userId, organizationId, roomId: params.id, ...shownMessages };
    const [conversation, { messages, hasMore = messages.length === shownMessages.limit }] = await Promise.all(
      [show(context, caller, params.id), ask(context.bus, calls.getRecentMessages, request)],
    );
    const [oldest] = messages;
    if (hasMore && oldest) more(`../messages/conversation/${params.id}?before_seq=${oldest.message.seq}`);
    return {
      ...conversation,
      messages: messages.map(({ message, status }) => toConversationMessage(message, status)),
    };
  }),
  route(conversationsContract.addParticipants, async ({ params, body, caller }) => {
    await addMembers(context, caller, params.id, body.userIds);
    return show(context, caller, params.id);
  }),
  route(conversationsContract.removeParticipant, async ({ params, caller }) => {
    // This contract has no owners: only the last participant cannot leave.
    return showRoom(
      context,
      caller,
      await removeMember(context, caller, params.id, params.userId, 'appoint successor'),
    );
  }),
];

async function createGroup(
  context: Context,
  caller: Caller,
  { name, participant_ids: members }: { name?: string | null | undefined; participant_ids: string[] },
): Promise<string> {
  return (await createRoom(context, caller, { kind: 'group', name: name ?? '', members })).id;
}

async function openDirect(
  context: Context,
  caller: Caller,
  participantIds: readonly string[],
): Promise<string> {
  const [otherId, ...more] = new Set(participantIds.filter((id) => id !== caller.userId));
  if (!otherId || more.length > 0) {
    throw validationFailed({
      field: 'participant_ids',
      message: 'must be exactly two participants, including the caller, unless is_group',
      reason: 'combination',
    });
  }
  return (await openDirectRoom(context, caller, otherId)).id;
}

const show = async (context: Context, caller: Caller, roomId: string): Promise<Conversation> =>
  showRoom(context, caller, await viewRoom(context.db, caller, roomId));

async function showRoom(context: Context, caller: Caller, room: RoomView): Promise<Conversation> {
  const [conversation] = await conversationsOf(context, caller, [room]);
  if (!conversation) throw new AppError('server_error');
  return conversation;
}

async function conversationsOf(
  context: Context,
  caller: Caller,
  rooms: readonly RoomView[],
): Promise<Conversation[]> {
  const roomIds = rooms.map(({ id }) => id);
  if (roomIds.length === 0) return [];
  const [members, latest] = await Promise.all([
    firstMembersOf(context, roomIds),
    latestMessages(context, caller.userId, roomIds),
  ]);
  return rooms.map((room) => ({
    conversation_id: room.id,
    name: room.name,
    is_group: room.kind !== 'direct',
    created_at: room.createdAt,
    updated_at: room.updatedAt,
    participants: (members.get(room.id) ?? []).map(toParticipant),
    participant_count: room.memberCount,
    latest_message: latest.get(room.id) ?? null,
  }));
}

/** Maximum number of rooms per call. */
const maxAsked = 100;

/** Returns none if messages is unavailable: the list of conversations is useful without them. */
async function latestMessages({ bus }: Context, userId: string, roomIds: string[]) {
  try {
    const replies = chunks(roomIds, maxAsked).map((ids) =>
      ask(bus, calls.getLatestMessages, { userId, roomIds: ids }),
    );
    const messages = (await Promise.all(replies)).flatMap((reply) => reply.messages);
    return new Map(
      messages.map(({ message, status }) => [message.roomId, toConversationMessage(message, status)]),
    );
  } catch (error) {
    if (AppError.from(error).retryable) return new Map<string, never>();
    throw error;
  }
}

const toParticipant = ({ roomId, userId, username, name, joinedAt }: Member) => ({
  conversation_id: roomId,
  user_id: userId,
  username,
  name,
  joined_at: joinedAt,
});
