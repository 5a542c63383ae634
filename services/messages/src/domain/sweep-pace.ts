const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** How often all rooms are looked at, so that words stay at most a sixtieth longer than they may, or an hour. */
export const sweepEveryMs = (retentionMs: number): number => Math.min(retentionMs / 60, hourMs);

/** Of a first sweep over an old database, too, writers and gateways have most of their time left for what people say. */
const restPerWork = 3;
/** So members of a room hear of at most one stretch of it a second. */
const restAfterChangesMs = 1_000;

/** How long a sweep rests after a round. */
export const restMs = (tookMs: number, changed: boolean): number =>
  Math.max(tookMs * restPerWork, changed ? restAfterChangesMs : 0);
