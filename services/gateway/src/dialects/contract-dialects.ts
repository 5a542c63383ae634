import type { ClientContract } from '@parley/contracts';
import type { Dialect } from './dialect-table.ts';

/** The dialect of each contract's clients. */
const dialects: Record<ClientContract, Dialect> = {
  rooms: 'snake_case',
  direct: 'snake_case',
  conversations: 'camelCase',
  organizations: 'camelCase',
  groups: 'kebab-case',
};

/** Clients of these contracts expect the messages of all their rooms. Others join rooms. */
const receiveAllRooms: ReadonlySet<ClientContract> = new Set(['conversations', 'groups']);

/**
 * The dialect of a connection whose client has not shown another.
 * @param contract null for a token that does not name one
 */
export const dialectOf = (contract: ClientContract | null): Dialect | undefined =>
  contract === null ? undefined : dialects[contract];

/** Whether a connection receives the messages of all rooms of its user without joining them. */
export const receivesAllRooms = (contract: ClientContract | null, dialect: Dialect | undefined): boolean =>
  (contract !== null && receiveAllRooms.has(contract)) || dialect === 'kebab-case';
