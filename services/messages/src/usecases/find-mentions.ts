import type { MentionRequest } from '@parley/contracts';
import type { PossibleMention } from '@parley/contracts/text';
import type { Queryable } from '@parley/database';
import { AppError } from '@parley/errors';
import {
  completeMentions,
  isOfRoom,
  mayMention,
  placeMentions,
  possibleIn,
  type StoredMention,
  withoutRoom,
} from '../domain/mentions.ts';
import { mayMentionRoom } from '../domain/standing.ts';
import { findMentionable, findNamedMembers, type NamedMember } from '../stores/mentioned-members.ts';
import { findRoomMentionRights } from '../stores/room-sizes.ts';
import type { Context } from './context.ts';
import { findStandings } from './room-access.ts';

/** A text whose mentions are to be found. */
export interface Mentioning {
  roomId: string;
  by: { userId: string };
  content: string;
  mentions?: MentionRequest | undefined;
  /** Nothing looks for names in it. */
  isEncrypted?: boolean;
}

export interface Found {
  mentions: StoredMention[];
  /** The client asks to mention all members, but the author may not. */
  refusal: AppError | undefined;
}

/**
 * Finds whom texts mention, in the order of `asked`; undefined: nobody had to be looked for. For
 * users who are named by id, or mention a whole room, and are not known here yet, it calls the
 * directory, so it must not run while rooms are locked.
 */
export async function findMentions(
  context: Context,
  asked: readonly Mentioning[],
): Promise<(Found | undefined)[]> {
  const mentioning = asked.filter((one) => isMentioning(one));
  if (mentioning.length === 0) return asked.map(() => undefined);
  const texts = mentioning.map((one) => ({ one, possible: one.isEncrypted ? [] : possibleIn(one.content) }));
  const named = await findMembers(context.db, texts);
  const requested = await findRequested(context, mentioning);
  const placed = texts.map(({ one, possible }) => {
    const { roomId, mentions: request } = one;
    if (!request) return { one, mentions: placeMentions(possible, named.get(roomId) ?? new Map(), true) };
    const known = requested.get(one) ?? [];
    const placed = placeMentions(possible, byName(known), request.room);
    const userIds = known.map(({ userId }) => userId);
    return { one, mentions: completeMentions(placed, userIds, request.room) };
  });
  const isRefused = await findRefused(
    context,
    placed.flatMap(({ one, mentions }) => (mentions.some(isOfRoom) ? [one] : [])),
  );
  const found = new Map(
    placed.map(({ one, mentions }): [Mentioning, Found] => {
      if (!isRefused(one)) return [one, { mentions, refusal: undefined }];
      const refusal = one.mentions?.room ? refuseRoomMention() : undefined;
      return [one, { mentions: withoutRoom(mentions), refusal }];
    }),
  );
  return asked.map((one) => found.get(one));
}

const isMentioning = ({ content, mentions, isEncrypted = false }: Mentioning): boolean =>
  isEncrypted ? mentions !== undefined : mayMention(content, mentions);

const refuseRoomMention = () =>
  new AppError('not_authorized', {
    detail: 'Only the owner and admins may mention all members of this room.',
  });

/**
 * The users whom texts without stored mentions mention by their names, as messages of earlier
 * releases do; in the order of `texts`.
 */
export async function findNamed(
  db: Queryable,
  texts: readonly { roomId: string; content: string }[],
): Promise<string[][]> {
  const possible = texts.map((one) => ({ one, possible: possibleIn(one.content) }));
  const named = await findMembers(db, possible);
  return possible.map(({ one, possible }) => {
    const placed = placeMentions(possible, named.get(one.roomId) ?? new Map(), false);
    return [...new Set(placed.flatMap(({ userId }) => userId ?? []))];
  });
}

/** Room → name → its members with that name: of all texts whose clients state no mentions. */
async function findMembers(
  db: Queryable,
  texts: readonly {
    one: { roomId: string; mentions?: MentionRequest | undefined };
    possible: readonly PossibleMention[];
  }[],
): Promise<Map<string, Map<string, string[]>>> {
  const names = new Map<string, Set<string>>();
  for (const { one, possible } of texts) {
    if (one.mentions) continue;
    const ofRoom = names.get(one.roomId) ?? new Set();
    for (const name of possible.flatMap((each) => each.names)) ofRoom.add(name);
    names.set(one.roomId, ofRoom);
  }
  const wanted = [...names].flatMap(([roomId, all]) => [...all].map((name) => ({ roomId, name })));
  const found = wanted.length > 0 ? await findNamedMembers(db, wanted) : [];
  const rooms = new Map<string, NamedMember[]>();
  for (const member of found) rooms.set(member.roomId, [...(rooms.get(member.roomId) ?? []), member]);
  return new Map([...rooms].map(([roomId, members]) => [roomId, byName(members)]));
}

/** The members whom clients name by id, with their present names. */
async function findRequested(
  context: Context,
  mentioning: readonly Mentioning[],
): Promise<Map<Mentioning, NamedMember[]>> {
  const pairs = mentioning.flatMap(({ roomId, mentions }) =>
    [...new Set(mentions?.userIds)].map((userId) => ({ roomId, userId })),
  );
  if (pairs.length === 0) return new Map();
  await findStandings(context, pairs);
  const found = await findMentionable(context.db, pairs);
  const members = new Map(found.map((member) => [member.roomId + member.userId, member]));
  return new Map(
    mentioning.map((one) => [
      one,
      [...new Set(one.mentions?.userIds)].flatMap((userId) => members.get(one.roomId + userId) ?? []),
    ]),
  );
}

/** Whether an author may not mention all members. */
async function findRefused(
  context: Context,
  asked: readonly Mentioning[],
): Promise<(one: Mentioning) => boolean> {
  if (asked.length === 0) return () => false;
  const pairs = asked.map(({ roomId, by: { userId } }) => ({ roomId, userId }));
  // Learns of rooms and members that are new.
  await findStandings(context, pairs);
  const rights = await findRoomMentionRights(context.db, pairs);
  const refused = new Set(asked.filter((_, index) => !mayMentionRoom(rights[index])));
  return (one) => refused.has(one);
}

function byName(members: readonly NamedMember[]): Map<string, string[]> {
  const users = new Map<string, string[]>();
  for (const { name, userId } of members) users.set(name, [...(users.get(name) ?? []), userId]);
  return users;
}
