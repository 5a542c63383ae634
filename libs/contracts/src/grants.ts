import { AppError } from '@parley/errors';
import { isCanonical, type Operation } from './rest/operation.ts';
import type { Grant, Scope } from './schemas/scope.ts';
import type { ClientEvent } from './socket/canonical.ts';
import { eventScopes } from './socket/event-scopes.ts';

/**
 * Requires that a token with scopes may call an operation. Operations that declare no scope refuse
 * all such tokens.
 * @throws AppError `insufficient_scope`
 */
export function requireOperationGranted(grant: Grant, operation: Operation): void {
  const { scope, asKey = false } = operation;
  if (scope === undefined || !isCanonical(operation))
    throw new AppError('insufficient_scope', { detail: 'Tokens with scopes may not call this operation.' });
  requireScope(grant, scope);
  if (!grant.actsForUser && !asKey) throw new AppError('insufficient_scope', { detail: actsForNobody });
}

/**
 * Requires that the rooms of a request are among those of the token. Refuses tokens that are
 * limited to rooms where an operation does not tell its rooms.
 * @param input the validated request
 * @throws AppError `insufficient_scope`
 */
export function requireRoomsGranted(
  { roomIds }: Grant,
  { roomsOf }: Operation,
  input: { params: unknown; body: unknown },
): void {
  if (roomIds === null || roomsOf === 'none') return;
  const { roomId } = (input.params ?? {}) as { roomId?: unknown };
  const inPath = typeof roomId === 'string' ? [roomId] : null;
  requireRooms(roomIds, roomsOf ? roomsOf(input.body) : inPath);
}

/**
 * Requires that a token with scopes may send a socket event.
 * @param payload the validated payload
 * @throws AppError `insufficient_scope`
 */
export function requireEventGranted(grant: Grant, event: ClientEvent, payload: unknown): void {
  const needed = eventScopes[event];
  if (needed === 'any') return;
  requireScope(grant, needed);
  if (grant.roomIds) requireRooms(grant.roomIds, roomsOfEvent(payload));
}

/** Requires that a token with scopes may open a connection, which receives messages. */
export function requireConnectionGranted(grant: Grant): void {
  requireScope(grant, 'messages:read');
  if (!grant.actsForUser) throw new AppError('insufficient_scope', { detail: actsForNobody });
}

/**
 * Requires that the caller may read the account, which tokens with scopes may not: it concerns all
 * rooms of the user, and nothing that programs need.
 * @throws AppError `insufficient_scope`
 */
export function requireAccount({ grant }: { grant?: Grant }): void {
  if (grant)
    throw new AppError('insufficient_scope', { detail: 'Tokens with scopes may not read accounts.' });
}

const actsForNobody = 'This requires a token that acts for a user or bot; see `POST /api/v1/auth/key-token`.';

function requireScope({ scopes }: Grant, needed: Scope): void {
  if (!scopes.includes(needed))
    throw new AppError('insufficient_scope', { detail: `This requires the scope \`${needed}\`.` });
}

/** Whether an answer to the caller may name the room, as far as the caller's token decides. */
export const mayName = ({ grant }: { grant?: Grant }, roomId: string): boolean =>
  grant?.roomIds?.includes(roomId) ?? true;

/** @param rooms null: any */
function requireRooms(granted: readonly string[], rooms: readonly string[] | null): void {
  if (rooms?.every((roomId) => granted.includes(roomId))) return;
  throw new AppError('insufficient_scope', { detail: 'This token is limited to other rooms.' });
}

/** The rooms that a payload names. Null: it names none, so the event may concern any. */
function roomsOfEvent(payload: unknown): readonly string[] | null {
  const { roomId, rooms, gained } = (payload ?? {}) as {
    roomId?: string;
    rooms?: readonly { roomId: string }[];
    gained?: object;
  };
  if (roomId !== undefined) return [roomId];
  return gained === undefined && rooms ? rooms.map((each) => each.roomId) : null;
}
