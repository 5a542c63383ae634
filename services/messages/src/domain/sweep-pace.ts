const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/**
 * Interval between sweeps: messages expire late by at most a sixtieth of the retention, or an hour.
 */
export const sweepEveryMs = (retentionMs: number): number => Math.min(retentionMs / 60, hourMs);

/**
 * Leaves writers and gateways free for live traffic, even in the first sweep of an old database.
 */
const restPerWork = 3;
/** Limits each room to one expired range per second. */
const restAfterChangesMs = 1_000;

/** Pause of a sweep after a round. */
export const restMs = (tookMs: number, changed: boolean): number =>
  Math.max(tookMs * restPerWork, changed ? restAfterChangesMs : 0);
