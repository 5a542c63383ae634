import { pause } from '@parley/runtime/async';
import type { Cast } from './cast.ts';
import type { Player } from './players/player.ts';
import type { Finding } from './verdict.ts';
import { openSocketIo } from './wires/socket-io.ts';

/** Time for a change to become visible: a lease or two poll timeouts, a grace, and a margin. */
const settleMs = 12_000;
const askEveryMs = 300;

/**
 * Checks that a new observer sees connected players online and all others offline; then again after
 * half of the players have left.
 */
export async function checkPresence(url: string, { players, rooms }: Cast): Promise<Finding[]> {
  const findings = await compare(url, players, rooms, (player) => player.isLive);
  const leaving = new Set(players.filter((player, index) => player.isLive && index % 2 === 0));
  for (const player of leaving) player.stop();
  return [
    ...findings,
    ...(await compare(url, players, rooms, (player) => player.isLive && !leaving.has(player))),
  ];
}

async function compare(
  url: string,
  players: readonly Player[],
  rooms: readonly string[],
  isThere: (player: Player) => boolean,
): Promise<Finding[]> {
  const deadline = performance.now() + settleMs;
  for (;;) {
    const findings = (
      await Promise.all(rooms.map((roomId) => checkRoom(url, players, roomId, isThere)))
    ).flat();
    if (findings.length === 0 || performance.now() > deadline) return findings;
    await pause(askEveryMs);
  }
}

async function checkRoom(
  url: string,
  players: readonly Player[],
  roomId: string,
  isThere: (player: Player) => boolean,
): Promise<Finding[]> {
  const here = players.filter((player) => player.rooms.includes(roomId));
  // A player without connections: asking does not change the presence of the players under test.
  const watcher = here.find((player) => !player.isLive)?.person;
  if (!watcher) throw new Error('every room needs a player who only posts');
  const finding = (where: string, what: string): Finding => ({ where, kind: 'stale presence', what });
  try {
    const wire = await openSocketIo({
      url,
      token: watcher.token,
      dialect: 'snake_case',
      onEvent: () => {},
      onClosed: () => {},
    });
    const answer = await wire.request('get_room_users', { roomId }, 5_000).finally(() => wire.close());
    const online = new Map(
      (answer as { users: { userId: string; isOnline: boolean }[] }).users.map((user) => [
        user.userId,
        user.isOnline,
      ]),
    );
    // Players who only post may be watching another room at this moment.
    return here
      .filter((player) => player.isLive && online.get(player.person.userId) !== isThere(player))
      .map((player) =>
        finding(
          player.kind,
          `${player.person.username} is ${isThere(player) ? 'connected' : 'gone'} but shown otherwise`,
        ),
      );
  } catch (error) {
    return [finding('processes', `presence could not be read: ${String(error)}`)];
  }
}
