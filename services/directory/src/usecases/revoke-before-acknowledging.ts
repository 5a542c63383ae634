import { ask, type Bus } from '@parley/bus';
import { calls, type EventOf, type EventType } from '@parley/contracts';

/**
 * Events that revoke permissions: a revoked action must be refused once the change is acknowledged.
 */
const revoking: ReadonlySet<EventType> = new Set(['member.left', 'member.updated', 'room.deleted']);
/** Events that end memberships: an inbox must show nothing written afterwards. */
const ending: ReadonlySet<EventType> = new Set(['member.left', 'room.deleted']);

/** Maximum number of events per call. */
const maxEvents = 1_000;
/**
 * Calls go to the replicas in turn, so a second attempt reaches another one if the first is stuck.
 */
const attempts = 2;
const answeredWithinMs = 500;

/**
 * Resolves once messages refuses what these events revoke, and notifications has withdrawn the rows
 * of memberships that they end. If a service is unavailable it resolves anyway, because the events
 * follow.
 */
export async function revokeBeforeAcknowledging(
  bus: Bus,
  committed: readonly EventOf<EventType>[],
): Promise<void> {
  const of = (types: ReadonlySet<EventType>) => committed.filter(({ type }) => types.has(type));
  await Promise.all([
    revoke(bus, calls.revokeAccess, of(revoking)),
    revoke(bus, calls.revokeInboxAccess, of(ending)),
  ]);
}

async function revoke(
  bus: Bus,
  call: typeof calls.revokeAccess | typeof calls.revokeInboxAccess,
  committed: readonly EventOf<EventType>[],
): Promise<void> {
  const events = committed.slice(0, maxEvents);
  if (events.length === 0) return;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const reply = await ask(bus, call, { events }, { timeoutMs: answeredWithinMs }).catch(() => undefined);
    if (reply) return;
  }
}
