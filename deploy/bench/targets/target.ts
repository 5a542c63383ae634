export const targetNames = [
  'hub',
  'hubs',
  'simple',
  'floor',
  'parley',
  'embedded',
  'parley-1',
  'parley-4',
] as const;
export type TargetName = (typeof targetNames)[number];

export const titles: Record<TargetName, string> = {
  hub: 'bare hub',
  hubs: 'two hubs, Redis',
  simple: 'simple server',
  floor: 'floor',
  parley: 'Parley, 2 gateways',
  embedded: 'Parley embedded',
  'parley-1': 'Parley, 1 gateway',
  'parley-4': 'Parley, 4 gateways',
};

/**
 * Running servers for a target to use, instead of private ones, whose processor time it would
 * measure. The database is new.
 */
export type ServerUrls = Record<'DATABASE_URL' | 'REDIS_URL' | 'AMQP_URL', string>;

export interface Person {
  userId: string;
  token: string;
}

export interface Room {
  id: string;
  members: readonly Person[];
}

/** A system under load, in its own processes. */
export interface Target {
  readonly name: TargetName;
  /** Addresses for clients. People are distributed over them. */
  readonly sockets: readonly string[];
  /** Whether it acknowledges sends. */
  readonly acks: boolean;
  /** Whether its messages carry their number in the room. */
  readonly numbered: boolean;
  /** `count` distinct people; calls may return the same ones. */
  people(count: number): Promise<Person[]>;
  /** A new room of these members, ready to join. */
  room(members: readonly Person[]): Promise<string>;
  /** The current processes of all parts, including database and broker. */
  parts(): Promise<Record<string, number[]>>;
  /** The part that holds the connections. */
  readonly holder: string;
  /** The number of stored messages in these rooms; absent if it stores none. */
  count?(rooms: readonly Room[]): Promise<number>;
  /** Reads stored messages; absent where clients cannot. */
  readonly archive?: Archive;
  stop(): Promise<void>;
}

/** The stored messages of a target. */
export interface Archive {
  /**
   * Inserts messages in bulk, past the server, which must not write to the room meanwhile. Absent
   * where the database is unreachable.
   */
  fill?: (roomId: string, sender: Person, count: number) => Promise<void>;
  /** Reads a page of 50: the latest, or the one before a number. */
  page(roomId: string, reader: Person, before?: number): Promise<Page>;
  /** Reads everything after a number, and returns how many messages that was. */
  missed(roomId: string, reader: Person, after: number): Promise<number>;
}

export interface Page {
  length: number;
  /** Numbers of its first and last message; 0 if it is empty. */
  first: number;
  last: number;
}
