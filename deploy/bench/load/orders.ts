import type { Latency } from './histogram.ts';
import type { Faults } from './ledger.ts';

/** A room and its members, as numbers of clients. */
export interface LoadRoom {
  id: string;
  members: readonly number[];
}

/** The load of a phase: all members of its rooms send, each in their own room. */
export interface Phase {
  rooms: readonly LoadRoom[];
  /**
   * `closed`: each member sends the next message as soon as the last one has come back to them.
   * `open`: a fixed rate. Latency then counts from when a message was due, so a server that stalls
   * cannot hide it by slowing its clients.
   */
  pace: { kind: 'closed' } | { kind: 'open'; perSecond: number };
  warmUpMs: number;
  measureMs: number;
  /** Ends earlier, after this many messages. */
  messages?: number;
  /** Whether the target acknowledges sends. */
  acks: boolean;
  numbered: boolean;
}

export interface PhaseResult {
  /** Messages in the whole phase. */
  sent: number;
  acknowledged: number;
  refused: number;
  /** Reason of the first refusal. */
  refusal: string | undefined;
  faults: Faults;
  /** Frames that were not messages: other events that the target sends. */
  otherFrames: number;
  /** In the measured time. A message counts when it is back with its sender. */
  messagesPerSecond: number;
  deliveriesPerSecond: number;
  deliveries: number;
  latency: Latency;
  /** CPU of the generator as a share of one processor. Near 1, the generator was the limit. */
  generatorBusy: number;
}

/** Requests to the generator process, each answered in turn. */
export interface Orders {
  /** Opens clients, `atOnce` in parallel. Numbers continue from the open ones, in their order. */
  connect: {
    ask: { clients: readonly { url: string; token: string }[]; atOnce: number };
    answer: { seconds: number };
  };
  join: { ask: { rooms: readonly LoadRoom[] }; answer: Record<string, never> };
  run: { ask: Phase; answer: PhaseResult };
  /** Closes every client. */
  close: { ask: Record<string, never>; answer: Record<string, never> };
}
export type OrderName = keyof Orders;

/** Sent during a phase: the measured time begins or ends. */
export type Mark = 'begin' | 'end';
export type Report =
  | { kind: 'mark'; mark: Mark }
  | { kind: 'done'; answer: Orders[OrderName]['answer'] }
  | { kind: 'failed'; error: string };
