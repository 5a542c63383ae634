import { chunks } from '@parley/runtime/async';
import type { Generator } from '../load/generator.ts';
import type { LoadRoom } from '../load/orders.ts';
import type { Sizes } from '../options.ts';
import type { Person, Room, Target } from '../targets/target.ts';
import { untilQuiet } from './until-quiet.ts';

/** The context of every measurement: a running target, the generator, and the sizes. */
export interface Trial {
  target: Target;
  generator: Generator;
  sizes: Sizes;
}

/** Maximum handshakes in flight. */
const connectsAtOnce = 50;

/** Connects people to the target's servers in turn. */
export async function connectPeople(
  { target, generator, sizes }: Trial,
  people: readonly Person[],
): Promise<{ perSecond: number }> {
  const { sockets } = target;
  await untilQuiet(target, sizes.quietWithinMs);
  const clients = people.map(({ token }, index) => ({ url: sockets[index % sockets.length] ?? '', token }));
  const { seconds } = await generator.order('connect', { clients, atOnce: connectsAtOnce });
  return { perSecond: people.length / seconds };
}

export interface Meeting extends Room {
  load: LoadRoom;
}

/**
 * Divides connected people into rooms of `size` and joins them.
 * @param first client number of the first person
 */
export async function joinRooms(
  { target, generator }: Trial,
  people: readonly Person[],
  size: number,
  first = 0,
): Promise<Meeting[]> {
  const meetings: Meeting[] = [];
  for (const members of chunks(people, size)) {
    const id = await target.room(members);
    const from = first + meetings.length * size;
    meetings.push({ id, members, load: { id, members: members.map((_, index) => from + index) } });
  }
  await generator.order('join', { rooms: meetings.map(({ load }) => load) });
  return meetings;
}
