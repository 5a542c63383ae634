import type { Generator } from '../load/generator.ts';
import type { LoadRoom } from '../load/orders.ts';
import type { Sizes } from '../options.ts';
import type { Person, Room, Target } from '../targets/target.ts';
import { untilQuiet } from './until-quiet.ts';

/** What every measurement works with: a target that runs, the generator, and how much is asked of them. */
export interface Trial {
  target: Target;
  generator: Generator;
  sizes: Sizes;
}

/** How many handshakes are under way at a time. */
const connectsAtOnce = 50;

/** Connects these, the first to the first server, the second to the second, and so on round. */
export async function connectPeople(
  { target, generator }: Trial,
  people: readonly Person[],
): Promise<{ perSecond: number }> {
  const { sockets } = target;
  await untilQuiet(target);
  const lines = people.map(({ token }, index) => ({ url: sockets[index % sockets.length] ?? '', token }));
  const { seconds } = await generator.order('connect', { lines, atOnce: connectsAtOnce });
  return { perSecond: people.length / seconds };
}

export interface Meeting extends Room {
  load: LoadRoom;
}

/**
 * Makes rooms of that size out of these people, who are connected, and joins them.
 * @param first number of the line of the first
 */
export async function joinRooms(
  { target, generator }: Trial,
  people: readonly Person[],
  size: number,
  first = 0,
): Promise<Meeting[]> {
  const meetings: Meeting[] = [];
  for (let from = 0; from < people.length; from += size) {
    const members = people.slice(from, from + size);
    const id = await target.room(members);
    meetings.push({ id, members, load: { id, members: members.map((_, index) => first + from + index) } });
  }
  await generator.order('join', { rooms: meetings.map(({ load }) => load) });
  return meetings;
}
