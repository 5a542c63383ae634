export const targetNames = ['hub', 'hubs', 'simple', 'parley', 'embedded', 'parley-1', 'parley-4'] as const;
export type TargetName = (typeof targetNames)[number];

export const titles: Record<TargetName, string> = {
  hub: 'bare hub',
  hubs: 'two hubs, Redis',
  simple: 'simple server',
  parley: 'Parley, 2 gateways',
  embedded: 'Parley embedded',
  'parley-1': 'Parley, 1 gateway',
  'parley-4': 'Parley, 4 gateways',
};

export interface Person {
  userId: string;
  token: string;
}

export interface Room {
  id: string;
  members: readonly Person[];
}

/** A system under load, in processes of its own. */
export interface Target {
  readonly name: TargetName;
  /** Where clients connect; people are spread over these. */
  readonly sockets: readonly string[];
  /** Whether it acknowledges a send. */
  readonly acks: boolean;
  /** Whether its messages carry their number in the room. */
  readonly numbered: boolean;
  /** So many different people; perhaps the same as the last time. */
  people(count: number): Promise<Person[]>;
  /** A new room of these, ready to be joined. */
  room(members: readonly Person[]): Promise<string>;
  /** The processes of all its parts as they are now, those of its database and broker included. */
  parts(): Promise<Record<string, number[]>>;
  /** The part that holds the connections. */
  readonly holder: string;
  /** Where it stores messages, if it does. */
  readonly archive?: Archive;
  stop(): Promise<void>;
}

/** The stored messages of a target. */
export interface Archive {
  /** How many messages of these rooms are stored. */
  count(rooms: readonly Room[]): Promise<number>;
  /** Puts many messages into a room at once, past the server, which must not be writing to it. Absent where the database cannot be reached. */
  fill?: (roomId: string, sender: Person, count: number) => Promise<void>;
  /** Reads a page of 50: the latest, or those before a number. */
  page(roomId: string, reader: Person, before?: number): Promise<Page>;
  /** Reads all that came after a number. */
  missed(roomId: string, reader: Person, after: number): Promise<number>;
}

export interface Page {
  length: number;
  /** Numbers of its first and last message; 0 when it is empty. */
  first: number;
  last: number;
}
