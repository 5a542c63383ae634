import type { Person } from '../person.ts';
import type { RoomLog } from '../room-log.ts';

/** Somebody who sends, listens, or both, in one way. */
export interface Player {
  /** How, as the table names it. */
  readonly kind: string;
  readonly person: Person;
  readonly rooms: readonly string[];
  /** One for each room that is listened to. */
  readonly logs: ReadonlyMap<string, RoomLog>;
  /** What the listener was told against the rules, besides what its logs hold. */
  readonly complaints: string[];
  /** Connected, and hears every room; those who do not listen always are. */
  readonly present: boolean;
  /** Undefined: it only listens. One try. @throws Refusal */
  readonly send?: (roomId: string, content: string, clientId: string) => Promise<{ id: string; seq: number }>;
  start(): void;
  stop(): void;
}
