import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MemoryBus } from '@parley/bus';
import {
  allOperations,
  allScopes,
  type Envelope,
  isCanonical,
  type Operation,
  openApiDocument,
  openApiPath,
} from '@parley/contracts';
import { Metrics } from '@parley/metrics';
import { createLogger, newId, systemClock } from '@parley/runtime';
import { createTestAuth, type TestAuth } from '@parley/testkit';
import { Router } from 'express';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApp, route, TokenVerifier } from '../src/index.ts';

const logger = createLogger({ service: 'test', level: 'silent' });
const user = { userId: newId(), username: 'ada' };
const room = newId();
let auth: TestAuth;
let server: Server;
let url: string;
const bus = new MemoryBus({ logger });
const recorded: Envelope[] = [];

beforeAll(async () => {
  auth = await createTestAuth(bus);
  // Stands for auth, which stores the actions of keys: an action waits until it is safe.
  await bus.consume('keys', 'auth', async (events) => void recorded.push(...events));
  const app = createApp({
    config: { NODE_ENV: 'production', CORS_ORIGINS: ['*'], API_RATE: 'off', KEY_RATE: 'off', TRUST_PROXY: 0 },
    routes: allOperations.map((operation) => route(operation, async () => undefined as never)),
    pages: Router(),
    verifier: new TokenVerifier({ bus, clock: systemClock, logger }),
    metrics: new Metrics(),
    logger,
    version: 'test',
  });
  server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  server.closeAllConnections();
  await bus.close();
});

/** Operations that tokens with scopes may call. A new one belongs here on purpose. */
const granted = {
  'users:read': ['getMe', 'listUsers', 'getMyProfile', 'getUser'],
  'users:write': ['putExternalUser'],
  'users:act': [],
  'tokens:mint': ['createUserSession'],
  'rooms:read': ['listRooms', 'getRoom', 'listMembers', 'listUserRooms'],
  'rooms:write': [
    ...['banUser', 'listBans', 'unbanUser', 'createRoom', 'updateRoom', 'deleteRoom', 'joinRoom'],
    ...['leaveRoom', 'addMembers', 'removeMember', 'setMemberRole', 'transferRoom', 'createInvite'],
    ...['listInvites', 'revokeInvite', 'joinByInvite'],
  ],
  'messages:read': [
    ...['getHistory', 'getMessage', 'markRead', 'getReadPositions', 'getReceipts', 'getUnread', 'sync'],
    ...['getDigest', 'searchMessages', 'roomsMarkRead', 'listThreads', 'getThread', 'readThread'],
    ...['readThreads', 'followThread', 'unfollowThread', 'getUnreadThreads', 'listPins'],
  ],
  'messages:send': [
    ...['sendMessage', 'editMessage', 'deleteMessage', 'reactToMessage', 'listCommands', 'runCommand'],
    ...['pinMessage', 'unpinMessage'],
  ],
  'hooks:read': ['listHooks', 'getHook', 'getHookLag', 'listHookDeliveries', 'listIncomingHooks'],
  'hooks:write': [
    ...['createHook', 'updateHook', 'deleteHook', 'rotateHookSecret', 'resumeHook', 'testHook'],
    ...['createIncomingHook', 'deleteIncomingHook', 'createCommand', 'deleteCommand'],
  ],
} as const satisfies Record<(typeof allScopes)[number], readonly string[]>;

/** The examples of the API documents, with the id of the room wherever an id belongs. */
const paths = openApiDocument(allOperations, { version: 'test' }).paths ?? {};
function exampleOf({ path, method }: Operation): string | undefined {
  const { requestBody } =
    (paths[openApiPath(path)] as Record<string, { requestBody?: object }>)[method] ?? {};
  const { content } = (requestBody ?? {}) as { content?: Record<string, { example?: unknown }> };
  const example = content?.['application/json']?.example;
  return example === undefined
    ? undefined
    : JSON.stringify(example).replace(/[\da-f]{8}-[\da-f-]{27}/g, room);
}

async function refusalOf(operation: Operation, token: string): Promise<string> {
  const body = exampleOf(operation);
  const response = await fetch(url + operation.path.replace(/:\w+/g, room), {
    method: operation.method.toUpperCase(),
    headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body }),
  });
  const text = await response.text();
  return response.status === 403 ? JSON.parse(text).code : 'granted';
}

const closed = allOperations.filter(({ access }) => access !== 'public');
const callable = async (token: string, operations = closed) => {
  const answers = await Promise.all(operations.map((operation) => refusalOf(operation, token)));
  return operations.flatMap(({ id }, index) => (answers[index] === 'granted' ? [id] : [])).sort();
};

test.each(allScopes)('a token with the scope %s may call its operations and no others', async (scope) => {
  const token = auth.token({ ...user, grant: { scopes: [scope] } });
  expect(await callable(token)).toEqual([...granted[scope]].sort());
});

test('a token without scopes may call every operation, one with an empty list none', async () => {
  expect(await callable(auth.token(user))).toHaveLength(closed.length);
  expect(await callable(auth.token({ ...user, grant: { scopes: [] } }))).toEqual([]);
});

test('no operation of a client contract, and none without a scope, accepts a token with scopes', async () => {
  const open = closed.filter(({ scope }) => scope === undefined);
  expect(open.length).toBeGreaterThan(60);
  expect(closed.filter((operation) => operation.scope && !isCanonical(operation))).toEqual([]);
  expect(await callable(auth.token({ ...user, grant: { scopes: allScopes } }), open)).toEqual([]);
});

test('a token of a key that acts for nobody may call only what keys may call as themselves', async () => {
  const keyId = newId();
  const token = auth.token({ userId: keyId, username: 'a key', grant: { scopes: allScopes, keyId } });
  const asKey = closed.filter((operation) => operation.asKey).map(({ id }) => id);
  expect(await callable(token)).toEqual(asKey.sort());
});

test('a token that is limited to rooms may call what names one of them, and what concerns none', async () => {
  const inRooms = (...roomIds: string[]) => auth.token({ ...user, grant: { scopes: allScopes, roomIds } });
  const scoped = closed.filter(({ scope }) => scope);
  const roomless = scoped.filter(({ roomsOf }) => roomsOf === 'none').map(({ id }) => id);
  expect(await callable(inRooms(newId()), scoped)).toEqual(roomless.sort());
  const named = scoped.filter(({ path, roomsOf }) => path.includes(':roomId') || roomsOf !== undefined);
  expect(await callable(inRooms(newId(), room), scoped)).toEqual(named.map(({ id }) => id).sort());
});

test('a sync by a token that is limited to rooms may not name others', async () => {
  const token = auth.token({ ...user, grant: { scopes: ['messages:read'], roomIds: [room] } });
  const codeOf = async (body: object) => {
    const response = await fetch(`${url}/api/v1/sync`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    return response.ok ? 'granted' : JSON.parse(text).code;
  };
  const cursor = { roomId: room, seq: 0 };
  expect(await codeOf({ rooms: [cursor] })).toBe('granted');
  expect(await codeOf({ rooms: [cursor, { roomId: newId(), seq: 0 }] })).toBe('insufficient_scope');
});

test('what a key changes is recorded before it happens; what it reads is not', async () => {
  const keyId = newId();
  const token = auth.token({ ...user, grant: { scopes: ['messages:send', 'messages:read'], keyId } });
  const called = await callable(token);
  const actions = recorded.flatMap(({ data }) => {
    const { keyId: key, action, userId } = data as { keyId: string; action: string; userId: string };
    return key === keyId ? [[action, userId]] : [];
  });
  expect(called.length).toBeGreaterThan(actions.length);
  expect(actions.sort()).toEqual([...granted['messages:send']].sort().map((id) => [id, user.userId]));
});
