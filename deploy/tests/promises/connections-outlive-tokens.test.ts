import { randomUUID } from 'node:crypto';
import { createClient } from '@parley/client';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { ChatUser, emit, type Json, request } from '../whole-stack/chat-user.ts';
import { type StackTarget, startStackTarget } from '../whole-stack/start-targets.ts';

/** A client has ten seconds from the warning to the end, enough on a busy machine. */
const lifeMs = 12_000;
let target: StackTarget;
beforeAll(async () => {
  target = await startStackTarget({ ACCESS_TTL: '12s', TOKEN_WARNING: '10s' });
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
  while (!isOver()) await live.send(roomId, `line ${++said}`);
  live.close();
  return said;
}

test('promise 6: a connection outlives tokens that it renews; others are warned and closed', async () => {
  const [ada, bob] = [await ChatUser.register(target.url, 'ada'), await ChatUser.register(target.url, 'bob')];
  const room = await ada.must('POST', '/api/v1/rooms', { name: 'long talk', members: [bob.userId] });
  const [first, second] = target.gateways;
  const [keeper, idler] = [await ada.connect(first), await bob.connect(second)];
  const plain = new WebSocket(`${first.replace('http', 'ws')}/ws?token=${bob.token}`);
  const warned: string[] = [];
  const heard: number[] = [];
  const endings: unknown[] = [];
  keeper.on('receive_message', ({ seq }: Json) => heard.push(seq));
  keeper.on('disconnect', (reason) => endings.push(['keeper', reason]));
  let refreshing = Promise.resolve(ada.refreshToken);
  keeper.on('token_expiring', ({ expiresAt }: Json) => {
    warned.push(expiresAt);
    refreshing = refreshing.then(async (refreshToken) => {
      const tokens = await refreshed(ada, refreshToken);
      await emit(keeper, 'refresh_token', { token: tokens.accessToken });
      return tokens.refreshToken;
    });
    refreshing.catch((error: unknown) => endings.push(['refresh', String(error)]));
  });
  const idlerHeard: Json[] = [];
  idler.onAny((event, data) => idlerHeard.push({ event, code: data.code }));
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
  await eventually(() => expect({ endings, heard: heard.length }).toEqual({ endings: [], heard: said }));
  expect(heard).toEqual(heard.map((_, index) => seq + 1 + index));
  // One warning per token, about two seconds apart (a token is replaced soon after its warning).
  expect(new Set(warned).size).toBe(warned.length);
  expect(warned.length).toBeGreaterThanOrEqual(3);

  expect(await idlerGone).toBe('io server disconnect');
  expect(idlerHeard.filter(({ event }) => event === 'token_expiring' || event === 'error')).toEqual([
    { event: 'token_expiring', code: undefined },
    { event: 'error', code: 'token_expired' },
  ]);
  expect(await plainGone).toEqual([4002, 'token_expired']);
  await refreshing;
  ada.close();
});

test('promise 6: the client of libs/client outlives its tokens on one connection by itself', async () => {
  const client = createClient({ url: target.url });
  const username = `carol-${randomUUID().slice(0, 8)}`;
  await client.register({ username, email: `${username}@example.org`, password: 'correct horse' });
  const room = await client.createRoom({ name: 'alone' });
  const live = client.connect();
  const states: string[] = [];
  live.on('connection', ({ state }) => states.push(state));
  await live.join(room.id);
  const until = Date.now() + lifeMs + 2_000;
  while (Date.now() < until) await live.send(room.id, 'still here');
  expect(states.filter((state) => state !== 'connecting')).toEqual(['online']);
  live.close();
});
