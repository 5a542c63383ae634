import { ask, type Bus } from '@parley/bus';
import { calls, type EventOf, type EventType } from '@parley/contracts';

/** What takes something away from somebody: what they could do a moment ago has to be refused from the acknowledgement on. */
const takesAway: ReadonlySet<EventType> = new Set(['member.left', 'member.updated', 'room.deleted']);

/** As many changes as one call takes. */
const most = 1_000;
/** Twice, because calls go to the replicas in turn: when one of them is stuck, another hears it. */
const attempts = 2;
const heardWithinMs = 500;

/** Returns once messages refuses what these events end. Without messages, which the events find later, it returns too. */
export async function foretell(bus: Bus, told: readonly EventOf<EventType>[]): Promise<void> {
  const events = told.filter(({ type }) => takesAway.has(type)).slice(0, most);
  if (events.length === 0) return;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const heard = await ask(bus, calls.foretell, { events }, { timeoutMs: heardWithinMs }).catch(() => undefined);
    if (heard) return;
  }
}
