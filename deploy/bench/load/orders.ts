import type { Latency } from './histogram.ts';
import type { Faults } from './ledger.ts';

/** A room, and who is in it: numbers of lines. */
export interface LoadRoom {
  id: string;
  members: readonly number[];
}

/** How messages are sent in a phase: by all members of all its rooms, each in their own. */
export interface Phase {
  rooms: readonly LoadRoom[];
  /**
   * `closed`: everybody sends the next message as soon as their last has come back to them. `open`: so many per second, come what may;
   * latency then counts from when a message was due, so that a server that stalls cannot hide it by slowing its clients.
   */
  pace: { kind: 'closed' } | { kind: 'open'; perSecond: number };
  warmUpMs: number;
  measureMs: number;
  /** Ends earlier, after so many messages. */
  messages?: number;
  /** Whether sends are acknowledged, and messages carry the room's `seq`. */
  acks: boolean;
  numbered: boolean;
}

export interface PhaseResult {
  /** In the whole phase. */
  sent: number;
  acknowledged: number;
  refused: number;
  /** What the first refusal said. */
  refusal: string | undefined;
  faults: Faults;
  /** Frames that were no messages: what else the target tells its clients. */
  otherFrames: number;
  /** In the time that was measured; a message counts when it is back with its sender. */
  messagesPerSecond: number;
  deliveriesPerSecond: number;
  deliveries: number;
  latency: Latency;
  /** Of the generator itself, as a share of one processor: near 1 it was the limit. */
  generatorBusy: number;
}

/** What the generator's process is asked, each answered in turn. */
export interface Orders {
  /** Opens lines, so many at a time; they are numbered in the order given, going on from those that are open. */
  connect: {
    ask: { lines: readonly { url: string; token: string }[]; atOnce: number };
    answer: { seconds: number };
  };
  join: { ask: { rooms: readonly LoadRoom[] }; answer: Record<string, never> };
  run: { ask: Phase; answer: PhaseResult };
  /** Closes every line. */
  close: { ask: Record<string, never>; answer: Record<string, never> };
}
export type OrderName = keyof Orders;

/** Told in between: the time that is measured begins, ends. */
export type Mark = 'begin' | 'end';
export type Report =
  | { kind: 'mark'; mark: Mark }
  | { kind: 'done'; answer: Orders[OrderName]['answer'] }
  | { kind: 'failed'; error: string };
