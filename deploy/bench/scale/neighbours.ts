import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { answer, type Bus, publishEvent } from '@parley/bus';
import { calls, type Membership, makeEvent, type RoomState } from '@parley/contracts';
import { newId } from '@parley/runtime';
import jwt from 'jsonwebtoken';

export interface ScalePerson {
  userId: string;
  username: string;
}

/** The rooms of a user, and the people who know them. */
export interface Audience {
  roomIds: string[];
  userIds: string[];
}

interface Known {
  room: RoomState;
  members: ReadonlyMap<string, Membership>;
}

const tokenLife = '1h';

/** Stands in for auth: signs tokens with its own key. */
export async function playAuth(bus: Bus): Promise<(person: ScalePerson) => string> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const keyid = randomUUID();
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: keyid, alg: 'ES256', use: 'sig' };
  await answer(bus, calls.getVerificationState, async () => ({ keys: [jwk], revoked: [] }));
  return ({ userId, username }) =>
    jwt.sign({ sub: userId, sid: randomUUID(), name: username, contract: 'rooms' }, privateKey, {
      algorithm: 'ES256',
      keyid,
      issuer: 'parley',
      audience: 'parley',
      expiresIn: tokenLife,
    });
}

/** @param audiences only these users' statuses are seen by anybody */
export async function playDirectory(
  bus: Bus,
  audiences: ReadonlyMap<string, Audience>,
): Promise<(people: readonly ScalePerson[]) => Promise<string>> {
  const rooms = new Map<string, Known>();
  await answer(bus, calls.getMemberships, async ({ roomId, userIds }) => {
    const found = rooms.get(roomId);
    const members = userIds.flatMap((userId) => found?.members.get(userId) ?? []);
    return { room: found?.room ?? null, members };
  });
  await answer(bus, calls.getStandings, async ({ userId, roomIds }) => {
    const found = roomIds.flatMap((roomId) => rooms.get(roomId) ?? []);
    const members = found.flatMap((one) => one.members.get(userId) ?? []);
    return { rooms: found.map(({ room }) => room), members };
  });
  await answer(bus, calls.getDirectoryEvents, async ({ after = 0 }) => ({
    events: [],
    isComplete: true,
    after,
    waitingAfter: 0,
    hasMore: false,
  }));
  await answer(bus, calls.getLostMemberships, async () => ({ lost: [] }));
  const nothing = { roomIds: [], userIds: [] };
  const audiencesOf = (userIds: readonly string[]) =>
    userIds.map((userId) => ({ userId, ...(audiences.get(userId) ?? nothing) }));
  await answer(bus, calls.getRoomsOfUsers, async ({ userIds }) => ({ users: audiencesOf(userIds) }));
  await answer(bus, calls.getAudiences, async ({ userIds }) => ({ users: audiencesOf(userIds) }));
  await answer(bus, calls.getBlocksOfUsers, async ({ userIds }) => ({
    users: userIds.map((userId) => ({ userId, ...nothing })),
  }));
  await answer(bus, calls.getBlocks, async () => ({ pairs: [] }));
  return async (people) => {
    const id = newId();
    const state = { kind: 'group', name: 'scale', isPrivate: true, organizationId: null } as const;
    const room: RoomState = { id, ...state, memberCount: people.length };
    const members = people.map(({ userId, username }, index): Membership => {
      const version = index + 1;
      return { roomId: id, userId, username, role: 'member', canSend: true, version };
    });
    rooms.set(id, { room, members: new Map(members.map((member) => [member.userId, member])) });
    await publishEvent(bus, makeEvent('room.created', { room, members }, { id: newId(), now: Date.now() }));
    return id;
  };
}
