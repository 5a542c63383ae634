import type { Person } from '../person.ts';
import type { RoomLog } from '../room-log.ts';

/** A client of one kind that sends, listens, or both. */
export interface Player {
  /** Kind of client, as named in the result table. */
  readonly kind: string;
  readonly person: Person;
  readonly rooms: readonly string[];
  /** One log per room that the player listens to. */
  readonly logs: ReadonlyMap<string, RoomLog>;
  /** Whether it holds connections, so that it counts as online. */
  readonly isLive: boolean;
  /** Violations that the listener received, apart from the contents of its logs. */
  readonly complaints: string[];
  /** It receives what happens in every room. Always true for players that do not listen. */
  readonly present: boolean;
  /** Tries once. Undefined for players that only listen. @throws Refusal */
  readonly send?: (roomId: string, content: string, clientId: string) => Promise<{ id: string; seq: number }>;
  start(): void;
  stop(): void;
}
