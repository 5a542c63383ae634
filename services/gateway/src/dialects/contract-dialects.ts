import type { ClientContract } from '@parley/contracts';
import type { Dialect } from './dialect-table.ts';

/** How the clients of each contract name events and fields. */
const dialects: Record<ClientContract, Dialect> = {
  rooms: 'snake_case',
  direct: 'snake_case',
  conversations: 'camelCase',
  organizations: 'camelCase',
  groups: 'kebab-case',
};

/** Their clients expect the messages of all rooms of their user. The others join the rooms that they want. */
const receiveAllRooms: ReadonlySet<ClientContract> = new Set(['conversations', 'groups']);

/** The dialect of a connection that has not said or shown another. @param contract null: of a token that does not say */
export const dialectOf = (contract: ClientContract | null): Dialect | undefined =>
  contract === null ? undefined : dialects[contract];

/** Whether a connection receives the messages of all rooms of its user without joining each. */
export const receivesAllRooms = (contract: ClientContract | null, dialect: Dialect | undefined): boolean =>
  (contract !== null && receiveAllRooms.has(contract)) || dialect === 'kebab-case';
