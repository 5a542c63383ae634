import { ask, type Bus } from '@parley/bus';
import { calls, type EventOf, type EventType } from '@parley/contracts';

/** What takes something away from somebody: what they could do a moment ago has to be refused from the acknowledgement on. */
const takesAway: ReadonlySet<EventType> = new Set(['member.left', 'member.updated', 'room.deleted']);

/** As many changes as one call takes. */
const maxEvents = 1_000;
/** Twice, because calls go to the replicas in turn: when one of them is stuck, another hears it. */
const attempts = 2;
const answeredWithinMs = 500;

/** Returns once messages refuses what these events end. Without messages, which the events find later, it returns too. */
export async function revokeBeforeAcknowledging(
  bus: Bus,
  committed: readonly EventOf<EventType>[],
): Promise<void> {
  const events = committed.filter(({ type }) => takesAway.has(type)).slice(0, maxEvents);
  if (events.length === 0) return;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const answered = await ask(bus, calls.revokeAccess, { events }, { timeoutMs: answeredWithinMs }).catch(
      () => undefined,
    );
    if (answered) return;
  }
}
