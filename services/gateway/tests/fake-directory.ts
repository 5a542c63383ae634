import { answer, type Bus } from '@parley/bus';
import { type CallOutput, calls } from '@parley/contracts';

interface Rooms {
  roomsOf: (userId: string, direct: boolean) => string[];
  sizeOf: (roomId: string) => number;
}

interface Users {
  /** Called before the rooms of users are read and answered. */
  beforeRooms: () => Promise<void>;
  contacts: ReadonlyMap<string, string[]>;
  /** User → the users between whom and them there is a block. */
  blocks: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Answers the directory's calls about users. */
export async function answerAboutUsers(bus: Bus, users: Users, { roomsOf, sizeOf }: Rooms): Promise<void> {
  const { contacts, blocks } = users;
  await answer(bus, calls.getAudiences, async ({ userIds, limit, upTo = Infinity }) => ({
    users: userIds.map((userId) => ({
      userId,
      roomIds: roomsOf(userId, true)
        .filter((roomId) => sizeOf(roomId) <= upTo)
        .slice(0, limit),
      userIds: (contacts.get(userId) ?? []).slice(0, limit),
    })),
  }));
  await answer(bus, calls.getRoomsOfUsers, async ({ userIds, upTo = Infinity }) => {
    await users.beforeRooms();
    const found = userIds.map((userId) => ({ userId, roomIds: roomsOf(userId, false) }));
    const large = found.flatMap(({ roomIds }) => roomIds.filter((roomId) => sizeOf(roomId) > upTo));
    return { users: found, large };
  });
  await answer(bus, calls.getBlocksOfUsers, async ({ userIds }) => ({
    users: userIds.map((userId) => ({ userId, userIds: [...(blocks.get(userId) ?? [])] })),
  }));
  await answer(bus, calls.getBlocks, async ({ pairs }) => ({
    pairs: pairs.filter(([a, b]) => blocks.get(a)?.has(b)),
  }));
}

/** @param membersOf undefined for a room that does not exist */
export const lostMemberships = (
  rooms: readonly { roomId: string; userIds: readonly string[] }[],
  membersOf: (roomId: string) => ReadonlyMap<string, unknown> | undefined,
): CallOutput<typeof calls.getLostMemberships>['lost'] =>
  rooms.flatMap(({ roomId, userIds }) => {
    const members = membersOf(roomId);
    const lost = userIds.filter((userId) => !members?.has(userId));
    return lost.map((userId) => ({ roomId, userId, isRoomGone: members === undefined }));
  });
