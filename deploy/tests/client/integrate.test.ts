import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Bot, createBot, createClient, type ParleyClient } from '@parley/client';
import { eventually, seededRandom } from '@parley/testkit';
import jwt from 'jsonwebtoken';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Json } from '../whole-stack/chat-user.ts';
import { type EmbeddedTarget, startEmbeddedTarget } from '../whole-stack/start-targets.ts';
import { createPeople, online, record } from './sdk-people.ts';

const page = readFileSync(new URL('../../integration.md', import.meta.url), 'utf8');
const audience = 'https://chat.example.org';
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** The example of the page with that mark. */
function example(mark: string): string {
  const [, code = expect.fail(mark)] =
    new RegExp(`^\`\`\`ts integrate=${mark}\\n([^]*?)^\`\`\``, 'm').exec(page) ?? [];
  expect(code.trim().split('\n').length).toBeLessThan(10);
  return code;
}

/** Runs an example with these variables, and returns some of its own. */
function run(mark: string, given: Record<string, unknown>, wanted: string): Promise<Json> {
  const body = `return (async () => { ${example(mark)}; return { ${wanted} }; })()`;
  return new Function(...Object.keys(given), body)(...Object.values(given));
}

let target: EmbeddedTarget;
let provider: Server;
let issuer: string;
let admin: ParleyClient;
const { connect } = createPeople(() => target);
beforeAll(async () => {
  const keys = [{ ...publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'ES256', use: 'sig' }];
  provider = createServer((_request, response) => response.end(JSON.stringify({ keys })));
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
  target = await startEmbeddedTarget({
    env: {
      MESSAGE_RATE: 'off,keys=off',
      TRUSTED_ISSUERS: JSON.stringify([{ issuer, audience, jwks: `${issuer}/keys` }]),
    },
  });
  admin = createClient({ url: target.url });
  const username = `admin-${randomUUID().slice(0, 8)}`;
  const organizationName = `Org ${randomUUID()}`;
  await admin.register({
    username,
    email: `${username}@example.org`,
    password: 'correct horse',
    organizationName,
  });
});
afterAll(async () => {
  await target?.stop();
  provider?.close();
});

const keyWith = async (...scopes: Parameters<ParleyClient['api']['createApiKey']>[0]['scopes']) =>
  (await admin.api.createApiKey({ name: randomUUID(), scopes })).key;

test('a user of the integrator chats by a login of the key, and the key on their behalf', async () => {
  const url = target.url;
  const key = await keyWith('users:write', 'tokens:mint');
  const first = await run('key', { createClient, url, key }, 'mary, room');
  const mary = first.mary as ParleyClient;
  const roomId = (first.room as { id: string }).id;
  const acting = await keyWith('users:act', 'rooms:read', 'messages:send');
  await run('act', { createClient, url, key: acting }, '');
  const { messages } = await mary.history(roomId);
  const { userId } = await mary.me();
  expect(messages.map((message) => [message.userId, message.content])).toEqual([
    [userId, 'Hello from our own site'],
    [userId, 'Order shipped'],
  ]);
  const { apiKeys } = await admin.api.listApiKeys({ prefix: acting.slice(0, 11) });
  const { actions } = await admin.api.listKeyActions({ keyId: apiKeys[0]?.id ?? '' });
  expect(actions.map(({ action, roomId: room }) => [action, room])).toEqual([
    ['sendMessage', roomId],
    ['exchangeKey', null],
  ]);
});

test("a user of the integrator chats with the token of the integrator's own provider", async () => {
  const subject = randomUUID();
  const options = { algorithm: 'ES256', keyid: 'one', issuer, audience, subject, expiresIn: '5m' } as const;
  const yourLogin = { getAccessToken: async () => jwt.sign({ name: 'Mary Jackson' }, privateKey, options) };
  const { mary, room } = await run('issuer', { createClient, url: target.url, yourLogin }, 'mary, room');
  const { messages } = await (mary as ParleyClient).history((room as { id: string }).id);
  // Another Mary Jackson may have registered before.
  const username = expect.stringMatching(/^Mary Jackson\d*$/);
  expect(messages).toMatchObject([{ content: 'Hello with our own token', username }]);
});

test('a bot in under ten lines answers a message, and everyone sees that it is a bot', async () => {
  const url = target.url;
  const name = `echo ${randomUUID().slice(0, 8)}`;
  const { bot: made, key } = await admin.api.createBot({ username: name, owner: 'organization' });
  const room = await admin.createRoom({ name: 'echoes', members: [made.id] });
  const { bot } = await run('bot', { createBot, url, key }, 'bot');
  try {
    const live = connect(admin);
    const messages = record(live, 'message');
    await live.join(room.id);
    const sent = await live.send(room.id, 'Anyone here?');
    await eventually(() =>
      expect(messages.map(({ content, replyTo }) => [content, replyTo])).toContainEqual([
        'You said: Anyone here?',
        sent.id,
      ]),
    );
  } finally {
    await (bot as Bot).stop();
  }
  expect(await admin.user(made.id)).toMatchObject({ username: name, isBot: true });
  const { members } = await admin.api.listMembers({ roomId: room.id });
  expect(members.map(({ userId, isBot }) => [userId, isBot])).toContainEqual([made.id, true]);
  expect(members.filter(({ isBot }) => isBot)).toHaveLength(1);
  expect((await admin.directRoom(made.id)).peer).toMatchObject({ isBot: true });
  expect((await admin.user((await admin.me()).userId)).isBot).toBeUndefined();
});

test('a bot that is restarted fifty times answers each of 1,000 messages once', async () => {
  const { bot: made, key } = await admin.api.createBot({ owner: 'organization' });
  const { id: roomId } = await admin.createRoom({ name: 'busy', members: [made.id] });
  const live = connect(admin);
  await live.join(roomId);
  const sending = Promise.all(
    Array.from({ length: 1_000 }, (_, index) =>
      live.send(roomId, `question ${index}`, { deadlineMs: 180_000 }),
    ),
  );
  const random = seededRandom(16);
  let handled = 0;
  const start = () => {
    const bot = createBot({ url: target.url, key });
    bot.on('message', async (message) => {
      handled++;
      await bot.reply(message, `answer to ${message.content}`);
    });
    return bot;
  };
  for (let restart = 0; restart < 50; restart++) {
    const bot = start();
    const until = handled + random.integer(1, 30);
    await eventually(() => expect(handled).toBeGreaterThanOrEqual(until), { timeoutMs: 20_000 });
    // A crash records nothing; a stop records how far it has come.
    if (random.next() < 0.5) bot.session.close();
    else await bot.stop();
  }
  const last = start();
  try {
    const questions = (await sending).map(({ id }) => id);
    const answers = async () => {
      const all = [];
      for (let after = 0, hasMore = true; hasMore; ) {
        const page = await admin.history(roomId, { after_seq: after, limit: 200 });
        all.push(...page.messages);
        hasMore = page.pagination.hasMore;
        after = page.pagination.after_seq ?? after;
      }
      return all.filter(({ userId }) => userId === made.id).map(({ replyTo }) => replyTo);
    };
    await eventually(async () => expect((await answers()).length).toBeGreaterThanOrEqual(1_000), {
      timeoutMs: 60_000,
    });
    expect((await answers()).sort()).toEqual(questions.sort());
  } finally {
    await last.stop();
  }
}, 240_000);

test("a bot's key that is revoked stops the bot within a second", async () => {
  const { bot: made, key } = await admin.api.createBot({ owner: 'me' });
  const { key: second } = await admin.api.createBotKey({ botId: made.id });
  const [one, two] = [createBot({ url: target.url, key }), createBot({ url: target.url, key: second })];
  const stopped: string[] = [];
  one.on('stopped', ({ reason }) => stopped.push(reason));
  try {
    await Promise.all([online(one.session), online(two.session)]);
    const { apiKeys } = await admin.api.listBotKeys({ botId: made.id });
    await admin.api.revokeBotKey({ botId: made.id, keyId: apiKeys.at(-1)?.id ?? '' });
    await eventually(() => expect(stopped).toEqual(['session_revoked']), { timeoutMs: 1_000 });
    expect(two.session.isOffline).toBe(false);
  } finally {
    await Promise.all([one.stop(), two.stop()]);
  }
});
