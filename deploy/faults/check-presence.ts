import { setTimeout as delay } from 'node:timers/promises';
import type { Cast } from './cast.ts';
import type { Player } from './players/player.ts';
import type { Finding } from './verdict.ts';
import { openSocketIo } from './wires/socket-io.ts';

/** How long a change may take to be seen: a lease, or two poll timeouts; then a grace and a moment. */
const settleMs = 12_000;
const askEveryMs = 300;

/** Whether those who are connected count as online and the others as offline, as somebody who comes and asks sees it; then the same when half have gone. */
export async function checkPresence(url: string, { players, rooms }: Cast): Promise<Finding[]> {
  const findings = await compare(url, players, rooms, (player) => player.logs.size > 0);
  const leaving = new Set(players.filter((player, index) => player.logs.size > 0 && index % 2 === 0));
  for (const player of leaving) player.stop();
  return [
    ...findings,
    ...(await compare(url, players, rooms, (player) => player.logs.size > 0 && !leaving.has(player))),
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
    const findings = (await Promise.all(rooms.map((roomId) => look(url, players, roomId, isThere)))).flat();
    if (findings.length === 0 || performance.now() > deadline) return findings;
    await delay(askEveryMs);
  }
}

async function look(
  url: string,
  players: readonly Player[],
  roomId: string,
  isThere: (player: Player) => boolean,
): Promise<Finding[]> {
  const here = players.filter((player) => player.rooms.includes(roomId));
  // One who has no connection of their own, and so does not disturb what is asked for.
  const watcher = here.find((player) => player.logs.size === 0)?.person;
  if (!watcher) throw new Error('every room has somebody who only posts');
  const finding = (where: string, what: string): Finding => ({ where, kind: 'stale presence', what });
  try {
    const wire = await openSocketIo({
      url,
      token: watcher.token,
      style: 'snake_case',
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
    // Those who only post may be the watchers of other rooms just now.
    return here
      .filter((player) => player.logs.size > 0 && online.get(player.person.userId) !== isThere(player))
      .map((player) =>
        finding(
          player.kind,
          `${player.person.username} is ${isThere(player) ? 'there' : 'away'} and counts otherwise`,
        ),
      );
  } catch (error) {
    return [finding('processes', `nobody could be asked: ${String(error)}`)];
  }
}
