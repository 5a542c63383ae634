import { ask, type Bus } from '@parley/bus';
import { calls } from '@parley/contracts';
import { AppError, type ErrorCode } from '@parley/errors';
import type { Hearing } from '../delivery/hearing.ts';
import type { Memberships } from '../membership/memberships.ts';
import type { Connection } from '../sockets/connection.ts';
import { clientEvent } from './client-event.ts';

interface Deps {
  bus: Bus;
  memberships: Memberships;
  hearing: Hearing;
}

const roomsAtOnce = 8;
/** Many rooms of any age take longer than a usual question. */
const timeoutMs = 8_000;
/** One room's own matter; the others are resumed. */
const passedOver = new Set<ErrorCode>(['limit_reached', 'room_not_found']);

/** Hearing begins first and then it is asked what changed: whatever is stored after the answer was made comes live. */
export const resume = (deps: Deps) =>
  clientEvent('resume', async (connection, question) => {
    await hearAll(
      deps,
      connection,
      question.rooms.map(({ roomId }) => roomId),
    );
    const answer = await ask(deps.bus, calls.syncRooms, { userId: connection.caller.userId, ...question }, { timeoutMs });
    const unheard = answer.rooms.flatMap(({ roomId }) => (deps.hearing.hears(connection, roomId) ? [] : [roomId]));
    return { ...answer, unheard };
  });

async function hearAll(deps: Deps, connection: Connection, roomIds: string[]): Promise<void> {
  const left = roomIds.toReversed();
  const next = async (): Promise<void> => {
    for (let roomId = left.pop(); roomId; roomId = left.pop()) await hear(deps, connection, roomId);
  };
  await Promise.all(Array.from({ length: roomsAtOnce }, next));
}

async function hear({ memberships, hearing }: Deps, connection: Connection, roomId: string): Promise<void> {
  const { room, membership } = await memberships.find(roomId, connection.caller.userId);
  if (!room || !membership) return;
  try {
    await hearing.start(connection, room);
  } catch (error) {
    if (!passedOver.has(AppError.from(error).code)) throw error;
  }
}
