import { answer, type Consumer } from '@parley/bus';
import { calls } from '@parley/contracts';
import type { Queryable } from '@parley/database';
import { stateOf } from '../domain/room.ts';
import {
  blocksOf,
  findAcquaintances,
  largeRoomIds,
  meetingRoomIds,
  ownBlocksOf,
  smallRoomIds,
} from '../stores/audience.ts';
import { blockedPairs } from '../stores/blocks.ts';
import {
  findMembers,
  findMembersSeenBy,
  firstMembers,
  lostMemberships,
  roomIdsOf,
} from '../stores/members.ts';
import { findRoom, findRooms } from '../stores/rooms.ts';
import type { Context } from '../usecases/context.ts';
import { findDirectRoom } from '../usecases/find-direct-room.ts';
import { joinRoom } from '../usecases/join-room.ts';
import { openChatRoom } from '../usecases/open-chat-room.ts';
import { openDirectRoom } from '../usecases/open-direct-room.ts';
import { viewerOf } from '../usecases/viewer-of.ts';

/** Maximum number of ids in a list of an answer. */
const maxListed = 500;

/** Every call that this service answers. */
export const answerCalls = (context: Context): Promise<Consumer[]> => {
  const { bus, db, eventLog } = context;
  return Promise.all([
    answer(bus, calls.getMemberships, async ({ roomId, userIds }) => {
      const room = await findRoom(db, roomId);
      return {
        room: room ? stateOf(room) : null,
        members: room ? await findMembers(db, roomId, userIds) : [],
      };
    }),
    answer(bus, calls.getStandings, async ({ userId, roomIds }) => {
      const [rooms, members] = await Promise.all([
        findRooms(db, roomIds),
        findMembersSeenBy(db, userId, roomIds),
      ]);
      return { rooms: rooms.map(stateOf), members };
    }),
    answer(bus, calls.getLostMemberships, async ({ rooms }) => ({ lost: await lostMemberships(db, rooms) })),
    answer(bus, calls.getDirectoryEvents, async ({ after, waitingAfter, limit }) =>
      after === undefined
        ? { ...nothingRead, after: await eventLog.position(db) }
        : eventLog.read(db, { after, waitingAfter }, limit),
    ),
    answer(bus, calls.getRoomMembers, async ({ roomId, limit }) => ({
      members: await firstMembers(db, roomId, limit),
    })),
    answer(bus, calls.getUserRooms, async ({ userId, direct, limit }) => ({
      roomIds: direct
        ? await roomIdsOf(db, userId, limit)
        : of(userId, await meetingRoomIds(db, [userId], limit)),
    })),
    answer(bus, calls.getRoomsOfUsers, async ({ userIds, limit, upTo }) => {
      const rooms = await meetingRoomIds(db, userIds, limit);
      const users = userIds.map((userId) => ({ userId, roomIds: of(userId, rooms) }));
      if (upTo === undefined) return { users };
      return { users, large: await largeRoomIds(db, [...new Set([...rooms.values()].flat())], upTo) };
    }),
    answer(bus, calls.getAudience, async ({ userId }) => {
      const [{ roomIds, userIds } = noAudience] = await findAudiences(db, [userId], maxListed);
      return { roomIds, userIds };
    }),
    answer(bus, calls.getAudiences, async ({ userIds, limit, upTo }) => ({
      users: await findAudiences(db, userIds, limit, upTo),
    })),
    answer(bus, calls.getBlocks, async ({ pairs }) => ({ pairs: await blockedPairs(db, pairs) })),
    answer(bus, calls.getBlockedUsers, async ({ userId, limit, own }) => ({
      userIds: of(userId, await (own ? ownBlocksOf : blocksOf)(db, [userId], limit)),
    })),
    answer(bus, calls.getBlocksOfUsers, async ({ userIds, limit }) => {
      const blocks = await blocksOf(db, userIds, limit);
      return { users: userIds.map((userId) => ({ userId, userIds: of(userId, blocks) })) };
    }),
    answer(bus, calls.openDirectRoom, async ({ userId, otherId }) => ({
      room: await openDirectRoom(context, await viewerOf(context, userId), otherId),
    })),
    answer(bus, calls.joinRoom, async ({ userId, roomId }) => ({
      room: stateOf(await joinRoom(context, await viewerOf(context, userId), roomId)),
    })),
    answer(bus, calls.createChatRoom, async ({ userId, ...request }) => ({
      room: stateOf(await openChatRoom(context, await viewerOf(context, userId), request)),
    })),
    answer(bus, calls.findDirectRoom, async ({ userId, otherId }) => ({
      room: await findDirectRoom(context, await viewerOf(context, userId), otherId),
    })),
  ]);
};

const nothingRead = { events: [], isComplete: false, waitingAfter: 0, hasMore: false };

const noAudience = { roomIds: [], userIds: [] };

async function findAudiences(db: Queryable, userIds: readonly string[], limit: number, upTo?: number) {
  const [rooms, people] = await Promise.all([
    upTo === undefined ? meetingRoomIds(db, userIds, limit) : smallRoomIds(db, userIds, limit, upTo),
    findAcquaintances(db, userIds, limit),
  ]);
  return userIds.map((userId) => ({ userId, roomIds: of(userId, rooms), userIds: of(userId, people) }));
}

const of = (userId: string, lists: ReadonlyMap<string, string[]>): string[] => lists.get(userId) ?? [];
