import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Bot, createBot, type ParleyClient } from '@parley/client';
import type { HookPayload } from '@parley/contracts';
import { systemClock } from '@parley/runtime';
import { eventually, temporaryFolder } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadEmbeddedConfig } from '../../embedded/config.ts';
import { type Embedded, startEmbedded } from '../../embedded/start-embedded.ts';
import { unlimited } from '../whole-stack/target.ts';
import { createPeople, password } from './sdk-people.ts';

const weekMs = 7 * 86_400_000;
let aheadMs = 0;
let embedded: Embedded;
let receiver: Server;
/** Of the receiver of webhooks, by path. */
const isAway = new Set<string>();
const accepted: { path: string; data: HookPayload['data'] }[] = [];
let attempts = 0;
const { someone } = createPeople(() => {
  const { url, stop } = embedded;
  return { url, gateways: [url, url], stop };
});

beforeAll(async () => {
  receiver = createServer(async (request, response) => {
    const { data } = JSON.parse(Buffer.concat(await request.toArray()).toString());
    const { url: path = '' } = request;
    attempts += 1;
    if (!isAway.has(path)) accepted.push({ path, data });
    response.writeHead(isAway.has(path) ? 503 : 204).end();
  });
  await once(receiver.listen(0, '127.0.0.1'), 'listening');
  const config = loadEmbeddedConfig({
    ...unlimited,
    ...{ PORT: '0', DATA_DIR: temporaryFolder(), LOG_LEVEL: 'silent', MESSAGE_RETENTION: '10m' },
    ...{ EGRESS_ALLOW: '127.0.0.1', EGRESS_PORTS: `${(receiver.address() as AddressInfo).port}` },
  });
  embedded = await startEmbedded(config, { clock: () => systemClock() + aheadMs });
});
afterAll(async () => {
  await embedded?.stop();
  receiver?.close();
  receiver?.closeAllConnections();
});

const messagesOf = async (client: ParleyClient, roomId: string) =>
  (await client.history(roomId, { limit: 200 })).messages;
/** Lets a week pass, after which the text of that message has expired. */
const passWeek = async (client: ParleyClient, roomId: string, messageId: string) => {
  aheadMs += weekMs;
  await eventually(
    async () => expect(await client.message(roomId, messageId)).toMatchObject({ content: '' }),
    { timeoutMs: 60_000 },
  );
};

test('a bot that was away for a week continues where it stopped, and answers each message once', async () => {
  const ada = await someone('ada');
  const { bot: made, key } = await ada.api.createBot({ owner: 'me' });
  const { id: roomId } = await ada.createRoom({ name: 'garden', members: [made.id] });
  const running: Bot[] = [];
  const start = () => {
    const bot = createBot({ url: embedded.url, key });
    bot.on('message', (message) => bot.reply(message, `You said: ${message.content}`));
    running.push(bot);
    return bot;
  };
  const write = async (content: string) => (await ada.api.sendMessage({ roomId, content })).id;
  const answered = async () =>
    (await messagesOf(ada, roomId)).flatMap(({ userId, replyTo }) => (userId === made.id ? [replyTo] : []));
  try {
    const first = start();
    const before = await write('before');
    await eventually(async () => expect(await answered()).toEqual([before]));
    await first.stop();
    const expired = await write('nobody reads this');
    // Its tokens and those of its owner have expired, too.
    await passWeek(ada, roomId, expired);
    const during = [await write('one'), await write('two'), await write('three')];
    // A crash records nothing; a stop records how far it has come.
    start().session.close();
    const second = start();
    await eventually(async () => expect(await answered()).toEqual([before, ...during]));
    await second.stop();
    start();
    const after = await write('four');
    await eventually(async () => expect(await answered()).toContain(after));
    expect(await answered()).toEqual([before, ...during, after]);
  } finally {
    for (const bot of running) await bot.stop();
  }
}, 120_000);

test('a webhook whose receiver was away for a week delivers no expired text and no erased name', async () => {
  const [ada, eve] = [await someone('ada'), await someone('eve')];
  const { userId, username } = await eve.me();
  const { id: roomId } = await ada.createRoom({ name: 'orchard', members: [userId] });
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/away`;
  const { hook } = await ada.api.createHook({ url, rooms: [roomId] });
  isAway.add('/away');
  const { id } = await eve.api.sendMessage({ roomId, content: 'a text of eve' });
  await eventually(() => expect(attempts).toBeGreaterThan(0));
  await passWeek(ada, roomId, id);
  await eve.api.eraseMe({ password });
  await eventually(async () => expect((await ada.message(roomId, id)).username).not.toBe(username));
  await ada.api.sendMessage({ roomId, content: 'a text of now' });
  isAway.delete('/away');
  await ada.api.resumeHook({ hookId: hook.id });
  await eventually(() => expect(JSON.stringify(accepted)).toContain('a text of now'));
  const all = JSON.stringify(accepted);
  for (const gone of ['a text of eve', username]) expect(all).not.toContain(gone);
  // The message itself is there, without its text.
  const changes = accepted.flatMap(({ data }) => data.changes);
  const messages = changes.flatMap((change) => (change.kind === 'message' ? [change.message] : []));
  expect(messages.find((message) => message.id === id)).toMatchObject({ content: '' });
}, 120_000);
