import type { ClientContract, ServerEvent } from '@parley/contracts';
import type { Dialect, Fields } from './dialect-table.ts';

/** The dialect of each contract's clients. */
const dialects: Record<ClientContract, Dialect> = {
  rooms: 'snake_case',
  direct: 'snake_case',
  conversations: 'camelCase',
  organizations: 'camelCase',
  groups: 'kebab-case',
};

/** Clients of these contracts expect the messages of all their rooms. Others join rooms. */
const receiveAllRooms: ReadonlySet<ClientContract> = new Set(['conversations', 'direct', 'groups']);

/** A message of a group is addressed to the group. */
const directMessage: Fields = {
  from: 'userId',
  message: 'content',
  sender_id: 'userId',
  receiver_id: ['receiver_id', 'roomId'],
  created_at: 'createdAt',
};

/** Fields that clients of a contract expect beside those of their dialect. */
export const fieldsBeside: {
  readonly [C in ClientContract]?: { readonly [E in ServerEvent]?: Fields };
} = { direct: { receive_message: directMessage, message_sent: directMessage } };

/**
 * The dialect of a connection whose client has not shown another.
 * @param contract null for a token that does not name one
 */
export const dialectOf = (contract: ClientContract | null): Dialect | undefined =>
  contract === null ? undefined : dialects[contract];

/** Whether a connection receives the messages of all rooms of its user without joining them. */
export const receivesAllRooms = (contract: ClientContract | null, dialect: Dialect | undefined): boolean =>
  (contract !== null && receiveAllRooms.has(contract)) || dialect === 'kebab-case';
