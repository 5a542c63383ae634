import type { ChangePublisher } from '@parley/backplane';
import { answer, type Bus } from '@parley/bus';
import {
  type Change,
  calls,
  type Membership,
  type RoomState,
  type Submission,
  type SubmittedBatch,
} from '@parley/contracts';

/** Answers questions about any room and user without remembering them, so they cost no memory. */
export interface Neighbours {
  /** Numbers and publishes a message, as its room's writer does. */
  publish(message: { id: string; roomId: string; by: Submission['by']; content: string }): Promise<void>;
}

interface Options {
  bus: Bus;
  publisher: ChangePublisher;
  roomSize: number;
  roomsOf(userId: string): readonly string[];
}

const firstSeq = 1;
const nobody = { userIds: [] };

/** Stands in for the directory and messages. */
export async function playNeighbours({ bus, publisher, roomSize, roomsOf }: Options): Promise<Neighbours> {
  const seqs = new Map<string, number>();
  const headOf = (roomId: string) => seqs.get(roomId) ?? firstSeq;
  const state = { kind: 'group', name: 'a room', isPrivate: true, organizationId: null } as const;
  const roomOf = (id: string): RoomState => ({ id, ...state, memberCount: roomSize });
  const memberOf = (roomId: string, userId: string): Membership => {
    const right = { role: 'member', canSend: true, version: 1 } as const;
    return { roomId, userId, username: userId, ...right };
  };
  await answer(bus, calls.getMemberships, async ({ roomId, userIds }) => ({
    room: roomOf(roomId),
    members: userIds.map((userId) => memberOf(roomId, userId)),
  }));
  await answer(bus, calls.getStandings, async ({ userId, roomIds }) => ({
    rooms: roomIds.map(roomOf),
    members: roomIds.map((roomId) => memberOf(roomId, userId)),
  }));
  await answer(bus, calls.getRoomsOfUsers, async ({ userIds }) => ({
    users: userIds.map((userId) => ({ userId, roomIds: [...roomsOf(userId)] })),
  }));
  await answer(bus, calls.getAudiences, async ({ userIds }) => ({
    users: userIds.map((userId) => ({ userId, roomIds: [...roomsOf(userId)], ...nobody })),
  }));
  await answer(bus, calls.getBlocksOfUsers, async ({ userIds }) => ({
    users: userIds.map((userId) => ({ userId, ...nobody })),
  }));
  const noEvents = { events: [], isComplete: true, waitingAfter: 0, hasMore: false };
  await answer(bus, calls.getDirectoryEvents, async ({ after = 0 }) => ({ ...noEvents, after }));
  await answer(bus, calls.getHeads, async ({ roomIds }) => ({
    heads: roomIds.map((roomId) => ({ roomId, seq: headOf(roomId) })),
  }));
  await answer(bus, calls.syncRooms, async ({ rooms }) => ({
    rooms: rooms.map(({ roomId, readSeq }) => {
      const nothing = { name: state.name, hasMore: false, changes: [], positions: [] };
      return { roomId, seq: headOf(roomId), readSeq, ...nothing };
    }),
    gone: [],
    gained: [],
    gainedAfter: null,
  }));
  const publish: Neighbours['publish'] = async ({ id, roomId, by, content }) => {
    const seq = headOf(roomId) + 1;
    seqs.set(roomId, seq);
    const createdAt = new Date().toISOString();
    const fresh = { clientId: null, replyTo: null, isEncrypted: false, reactions: [] };
    const message = {
      ...{ id, roomId, seq, changedSeq: seq, ...by, content, ...fresh, createdAt },
      ...{ editedAt: null, deletedAt: null },
    };
    const change: Change = { kind: 'message.created', roomId, seq, message };
    await publisher.publish([change]);
  };
  await bus.consume('submissions', 'messages', async (envelopes) => {
    for (const { items } of envelopes.map(({ data }) => data as SubmittedBatch))
      for (const item of items) if (item.op === 'send') await publish(item);
  });
  for (const topic of ['timeline', 'directory'] as const)
    await bus.consume(topic, 'notifications', async () => undefined);
  return { publish };
}
