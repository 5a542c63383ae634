import type { HookPayload, SyncedRoom } from '@parley/contracts';
import { pauseAfterMs, retryAfterMs, retryDelayMs } from '../domain/back-off.ts';
import type { Claim, StoredHook } from '../domain/hook.ts';
import { cutPage, type Page, wanted } from '../domain/page.ts';
import { webhookId } from '../domain/webhook-id.ts';
import { beginAttempt, endDelivered, endInactive, endUndelivered, releaseLease } from '../stores/claims.ts';
import { retryNow } from '../stores/cursors.ts';
import { insertDelivery } from '../stores/deliveries.ts';
import { findHook, recordFailure, recordSuccess, updateHookRow } from '../stores/hooks.ts';
import { type Context, nowOf } from './context.ts';
import { callTimeoutMs, findBlocked, findOwnBots, readRoom } from './read-room.ts';
import { isSuccess, type Sent, sendSigned } from './send-signed.ts';

/** For statements and delays between the timed steps. */
const marginMs = 1_000;
/** Pause after a delivery that could not begin, because another service is not available. */
const unavailableMs = 1_000;
/** A receiver that takes longer is slow: it does not use the deliveries kept for others. */
const slowMs = 1_000;
/** Failures in a row after which a success means that the receiver was away. */
const awayFailures = 3;

/** How long a claim must last: two calls one after the other, and the request. */
export const leaseMs = (timeoutMs: number): number => 2 * callTimeoutMs + timeoutMs + 2 * marginMs;

/**
 * Delivers the next page of a room to a webhook. Membership, blocks, deletions, erasure and
 * retention are those of now. Before the request, the end of the page is stored; until it has
 * succeeded, every attempt has that end and the same id. So a receiver that ignores known ids
 * handles each change once, and nothing is lost. Rejects only during an outage: the claim then
 * expires.
 */
export async function deliverRoom(context: Context, claim: Claim, signal: AbortSignal): Promise<void> {
  const startedAt = performance.now();
  const { db, timeoutMs } = context;
  const hook = await findHook(db, claim.hookId);
  if (!hook) return;
  const read = await readPage(context, hook, claim);
  if (read === 'unavailable') {
    const retryAt = new Date(context.clock() + unavailableMs);
    return endUndelivered(db, claim, { retryAt, failed: false });
  }
  if (!read) return endInactive(db, claim);
  const { room, page, isOmitted } = read;
  const reset = room.reset === true;
  const end = { upTo: page.upTo, hasMore: page.hasMore, reset, now: nowOf(context) };
  // An attempt may have arrived, so it is repeated, even if nothing is left in it.
  const isNew = claim.attemptSeq === null && !reset;
  if (isNew && (isOmitted || page.upTo === claim.seq)) return endClaim(db, claim, end);
  if (!(await beginAttempt(db, claim, end))) return releaseLease(db, claim);
  // A process that was stopped meanwhile may have lost its claim to another.
  if (performance.now() - startedAt > leaseMs(timeoutMs) - timeoutMs - marginMs) return;
  const id = webhookId(claim.hookId, claim.roomId, page.upTo, claim.generation + (reset ? 1 : 0));
  const sent = await sendSigned(context, hook, { id, body: bodyOf(context, claim, room, page) }, { signal });
  if (sent.aborted) return endUndelivered(db, claim, { retryAt: nowOf(context), failed: false });
  if (isSuccess(sent)) {
    await endClaim(db, claim, { ...end, now: nowOf(context) });
    await noteSuccess(context, hook, sent);
  } else await noteFailure(context, hook, claim, sent);
  await insertDelivery(db, hook.id, {
    webhookId: id,
    roomId: claim.roomId,
    changes: page.changes.length,
    attempt: claim.failures + 1,
    status: sent.status,
    problem: sent.problem,
    durationMs: sent.durationMs,
    at: nowOf(context).toISOString(),
  });
}

interface ReadPage {
  room: SyncedRoom;
  page: Page;
  /** It had changes, and the webhook delivers none of them. */
  isOmitted: boolean;
}

/** Undefined: the owner does not belong to the room. */
async function readPage(
  context: Context,
  hook: StoredHook,
  claim: Claim,
): Promise<ReadPage | 'unavailable' | undefined> {
  try {
    const room = await readRoom(context, claim);
    if (!room) return undefined;
    const page = cutPage(room, { after: claim.seq, endsAt: claim.attemptSeq });
    const [blocked, ownBots] = await Promise.all([
      findBlocked(context, hook.ownerId, page.changes),
      hook.programMessages ? new Set<string>() : findOwnBots(context, hook, page.changes),
    ]);
    const changes = wanted(page.changes, hook, { blocked, ownBots });
    const isOmitted = changes.length === 0 && page.changes.length > 0;
    return { room, page: { ...page, changes }, isOmitted };
  } catch (error) {
    context.logger.warn(
      { err: error, hookId: hook.id },
      'changes for a webhook could not be read; will retry',
    );
    return 'unavailable';
  }
}

async function endClaim(
  db: Context['db'],
  claim: Claim,
  end: Parameters<typeof endDelivered>[2],
): Promise<void> {
  if (!(await endDelivered(db, claim, end))) await releaseLease(db, claim);
}

function bodyOf(context: Context, { hookId, seq }: Claim, room: SyncedRoom, page: Page): string {
  const { roomId, name, reset } = room;
  const payload: HookPayload = {
    type: 'room.changes',
    timestamp: nowOf(context).toISOString(),
    data: {
      hookId,
      roomId,
      name,
      after: reset ? page.upTo : seq,
      seq: page.upTo,
      hasMore: page.hasMore,
      changes: page.changes,
      ...(reset && { reset }),
    },
  };
  return JSON.stringify(payload);
}

async function noteSuccess(context: Context, hook: StoredHook, { durationMs }: Sent): Promise<void> {
  context.metrics.ended('delivered', durationMs);
  const slow = durationMs > slowMs;
  if (hook.failures > 0 || slow !== hook.slow) await recordSuccess(context.db, hook.id, slow);
  if (hook.failures >= awayFailures) await retryNow(context.db, hook.id, nowOf(context));
}

async function noteFailure(context: Context, hook: StoredHook, claim: Claim, sent: Sent): Promise<void> {
  const { db, clock, random, logger, metrics } = context;
  const now = clock();
  const isGone = sent.status === 410;
  metrics.ended(isGone ? 'gone' : 'failed', sent.durationMs);
  const askedMs = retryAfterMs(sent.headers['retry-after'], now);
  const after = (failures: number) => new Date(now + retryDelayMs(failures, random(), askedMs));
  await endUndelivered(db, claim, { retryAt: after(claim.failures + 1), failed: true });
  if (isGone) {
    logger.info({ hookId: hook.id }, 'a webhook has ended: its receiver answers that it is gone');
    return updateHookRow(db, hook.id, { state: 'ended', stateReason: 'gone' });
  }
  const failures = hook.failures + 1;
  await recordFailure(db, hook.id, { failures, retryAt: after(failures), now: new Date(now) });
  if (hook.failingSince && now - hook.failingSince.getTime() >= pauseAfterMs) {
    logger.info({ hookId: hook.id }, 'a webhook is paused: nothing has succeeded for three days');
    await updateHookRow(db, hook.id, { state: 'paused', stateReason: 'failing' });
  }
}
