import { v7 } from 'uuid';

/** A new id, ordered by time (UUIDv7). */
export const newId = (): string => v7();

/** Milliseconds since the epoch. Passed in where it matters, so that tests own the time. */
export type Clock = () => number;
export const systemClock: Clock = () => Date.now();

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
export const isUuid = (value: unknown): value is string => typeof value === 'string' && uuidPattern.test(value);
