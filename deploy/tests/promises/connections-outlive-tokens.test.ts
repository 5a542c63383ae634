import { randomUUID } from 'node:crypto';
import { createClient, type Tokens } from '@parley/client';
import { pause } from '@parley/runtime/async';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { ChatUser, emit, type Json, request } from '../whole-stack/chat-user.ts';
import { type StackTarget, startStackTarget } from '../whole-stack/start-targets.ts';

/**
 * Clients renew a token early in its life, so that even a machine that is busy for many seconds
 * does not make a renewal late. The tests wait for expiries, so they run at the same time.
 */
const env = { ACCESS_TTL: '30s', TOKEN_WARNING: '28s' };
const renewAfterMs = 3_000;
const paceMs = 100;
let target: StackTarget;
beforeAll(async () => {
  target = await startStackTarget(env, ['--messages', '1']);
});
afterAll(() => target?.stop());

async function refreshed(user: ChatUser, refreshToken: string): Promise<Json> {
  const { status, body } = await request(target.url, 'POST', '/api/v1/auth/refresh', { refreshToken });
  if (status !== 200) throw new Error(`refresh: ${status}`);
  user.token = body.accessToken;
  return body;
}

/** Sends messages until stopped. Returns their number. */
async function speakOn(speaker: ChatUser, roomId: string, isOver: () => boolean): Promise<number> {
  const client = createClient({ url: target.url });
  await client.login({ username: speaker.username, password: speaker.password });
  const live = client.connect();
  let said = 0;
  while (!isOver()) {
    await live.send(roomId, `line ${++said}`);
    await pause(paceMs);
  }
  live.close();
  return said;
}

test.concurrent('promise 6: a connection outlives renewed tokens; others are warned and closed', async () => {
  const [ada, bob] = [await ChatUser.register(target.url, 'ada'), await ChatUser.register(target.url, 'bob')];
  const room = await ada.must('POST', '/api/v1/rooms', { name: 'long talk', members: [bob.userId] });
  const [first, second] = target.gateways;
  const plain = new WebSocket(`${first.replace('http', 'ws')}/ws?token=${bob.token}`);
  const warned: string[] = [];
  const received: number[] = [];
  const endings: unknown[] = [];
  let refreshing = Promise.resolve(ada.refreshToken);
  // On a busy machine, the first warning may be due when the connection opens.
  const keeper = await ada.connect(first, (socket) => {
    socket.on('receive_message', ({ seq }: Json) => received.push(seq));
    socket.on('disconnect', (reason) => endings.push(['keeper', reason]));
    socket.on('token_expiring', ({ expiresAt }: Json) => {
      warned.push(expiresAt);
      refreshing = refreshing.then(async (refreshToken) => {
        const tokens = await refreshed(ada, refreshToken);
        await emit(socket, 'refresh_token', { token: tokens.accessToken });
        return tokens.refreshToken;
      });
      refreshing.catch((error: unknown) => endings.push(['refresh', String(error)]));
    });
  });
  const idlerReceived: Json[] = [];
  const idler = await bob.connect(second, (socket) =>
    socket.onAny((event, data) => idlerReceived.push({ event, code: data.code })),
  );
  const idlerGone = new Promise((resolve) => idler.once('disconnect', resolve));
  const plainGone = new Promise((resolve) =>
    plain.once('close', (code, reason) => resolve([code, String(reason)])),
  );
  const { seq } = await emit(keeper, 'join_room', { roomId: room.id });

  // Until the third token with a warning has expired.
  const said = await speakOn(
    ada,
    room.id,
    () => endings.length > 0 || Date.now() > Date.parse(warned[2] ?? '9999-01-01'),
  );
  await eventually(() =>
    expect({ endings, received: received.length }).toEqual({ endings: [], received: said }),
  );
  expect(received).toEqual(received.map((_, index) => seq + 1 + index));
  // One warning per token, about two seconds apart (a token is replaced soon after its warning).
  expect(new Set(warned).size).toBe(warned.length);
  expect(warned.length).toBeGreaterThanOrEqual(3);

  expect(await idlerGone).toBe('io server disconnect');
  expect(idlerReceived.filter(({ event }) => event === 'token_expiring' || event === 'error')).toEqual([
    { event: 'token_expiring', code: undefined },
    { event: 'error', code: 'token_expired' },
  ]);
  expect(await plainGone).toEqual([4002, 'token_expired']);
  await refreshing;
  ada.close();
});

test.concurrent('promise 6: the client of libs/client keeps its connection longer than a token', async () => {
  const username = `carol-${randomUUID().slice(0, 8)}`;
  let login: Tokens | null = null;
  const registering = createClient({
    url: target.url,
    onTokens: (tokens) => {
      login = tokens;
    },
  });
  await registering.register({ username, email: `${username}@example.org`, password: 'correct horse' });
  const tokens = login as Tokens | null;
  if (!tokens) throw new Error('registering gave no tokens');
  const client = createClient({
    url: target.url,
    tokens: { ...tokens, renewAt: Date.now() + renewAfterMs },
  });
  const room = await client.createRoom({ name: 'alone' });
  const live = client.connect();
  const states: string[] = [];
  live.on('connection', ({ state, ...more }) => states.push(state, ...Object.values(more).map(String)));
  await live.join(room.id);
  const expiresAt = expiryOf(tokens.accessToken);
  // The second token expires later than this ends.
  while (Date.now() < expiresAt + renewAfterMs / 2) {
    await live.send(room.id, 'still here');
    await pause(paceMs);
  }
  expect(states.filter((state) => state !== 'connecting')).toEqual(['online']);
  live.close();
});

/** Milliseconds since the epoch. */
const expiryOf = (accessToken: string): number =>
  JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString()).exp * 1_000;
