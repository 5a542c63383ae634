import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { HookPayload, Message } from '@parley/contracts';
import { eventually, seededRandom, startProcess } from '@parley/testkit';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { whereBrowsersRun } from '../browser/where-browsers-run.ts';
import { row, write } from '../web/tab.ts';
import { createVisitors, Visitor } from '../web/visitor.ts';
import { ChatUser, emit, wholeHistory } from '../whole-stack/chat-user.ts';
import { type OwnStackTarget, startStackWithServers } from '../whole-stack/start-targets.ts';
import { killPart, replaceServer } from './kill.ts';
import { overRest, Sender, startLoad } from './sender.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const random = seededRandom(16);
const files: string[] = [];
let target: OwnStackTarget;
let receiver: Server;
let receiverPort = 0;
let examplePort = 0;
let receive: RequestListener = (_request, response) => void response.end();

const portOf = (server: Server) => (server.address() as AddressInfo).port;

beforeAll(async () => {
  receiver = createServer((request, response) => receive(request, response)).listen(0, '127.0.0.1');
  const example = createServer().listen(0, '127.0.0.1');
  await Promise.all([once(receiver, 'listening'), once(example, 'listening')]);
  receiverPort = portOf(receiver);
  examplePort = portOf(example);
  await new Promise((closed) => example.close(closed));
  target = await startStackWithServers({
    EGRESS_ALLOW: '127.0.0.1',
    EGRESS_PORTS: `${receiverPort},${examplePort}`,
    HOOK_TIMEOUT: '500ms',
    HOOK_SWEEP: '1s',
  });
});
afterAll(async () => {
  for (const file of files) rmSync(file, { force: true });
  receiver?.close();
  receiver?.closeAllConnections();
  await target?.stop();
});

test('hooks, broker and database killed under load: every change arrives in order, once by id', async () => {
  const people = await Promise.all([0, 1, 2].map((number) => ChatUser.register(target.url, `w${number}`)));
  const [owner, ...others] = people as [ChatUser, ...ChatUser[]];
  const members = others.map(({ userId }) => userId);
  const room = await owner.must('POST', '/api/v1/rooms', { name: 'webhooks', members });
  const { hook, secret } = await owner.must('POST', '/api/v1/hooks', {
    url: `http://127.0.0.1:${receiverPort}/`,
    rooms: [room.id],
  });
  const webhook = new Webhook(secret);
  /** As a receiver that ignores known ids has handled them. */
  const handled = new Map<string, HookPayload['data']>();
  let attempts = 0;
  let isFlaky = true;
  receive = async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    const { data } = webhook.verify(body, request.headers as Record<string, string>) as HookPayload;
    attempts += 1;
    const id = String(request.headers['webhook-id']);
    const fate = isFlaky ? random.integer(0, 5) : 5;
    // Handled or not, an answer may be an error, or get lost.
    if (fate !== 0 && !handled.has(id)) handled.set(id, data);
    if (fate <= 1) request.socket.destroy();
    else response.writeHead(fate === 2 ? 503 : 204).end();
  };
  const first = (await owner.must('GET', `/api/v1/hooks/${hook.id}/lag`)).rooms[0].seq;

  const senders = people.map((person) => new Sender(person, overRest(person)));
  const load = startLoad(senders, room.id, 15);
  await eventually(() => expect(attempts).toBeGreaterThan(3));
  await killPart(target, 'hooks');
  await eventually(() => expect(attempts).toBeGreaterThan(8));
  await replaceServer(target, 'rabbitmq');
  await killPart(target, 'hooks');
  await replaceServer(target, 'postgres');
  const before = attempts;
  await eventually(() => expect(attempts).toBeGreaterThan(before + 2), { timeoutMs: 60_000 });
  await load.stop();
  isFlaky = false;
  await owner.must('POST', `/api/v1/hooks/${hook.id}/resume`);

  const history: Message[] = await wholeHistory(owner, room.id);
  expect(history.length).toBeGreaterThan(30);
  const end = Math.max(...history.map(({ changedSeq }) => changedSeq));
  const deliveries = await eventually(
    () => {
      const all = [...handled.values()];
      expect(all.at(-1)?.seq).toBe(end);
      return all;
    },
    { timeoutMs: 60_000 },
  );
  expect(deliveries.map(({ after }) => after)).toEqual([
    first,
    ...deliveries.slice(0, -1).map(({ seq }) => seq),
  ]);
  const messages = deliveries.flatMap(({ changes }) =>
    changes.flatMap((change) => (change.kind === 'message' ? [change.message] : [])),
  );
  expect(messages.map(({ id }) => id)).toEqual(history.map(({ id }) => id));
  expect(messages.map(({ content }) => content)).toEqual(history.map(({ content }) => content));
}, 240_000);

test('nothing that is written after its owner has left arrives, and a return continues', async () => {
  const [owner, writer] = [
    await ChatUser.register(target.url, 'leaver'),
    await ChatUser.register(target.url, 'writer'),
  ];
  const received: string[] = [];
  receive = async (request, response) => {
    const { data } = JSON.parse(Buffer.concat(await request.toArray()).toString()) as HookPayload;
    for (const change of data.changes) if (change.kind === 'message') received.push(change.message.content);
    response.end();
  };
  const body = { name: 'left', members: [writer.userId] };
  const { id: roomId } = await owner.must('POST', '/api/v1/rooms', body);
  await owner.must('POST', `/api/v1/rooms/${roomId}/owner`, { userId: writer.userId });
  const hook = { url: `http://127.0.0.1:${receiverPort}/`, rooms: [roomId] };
  const { id } = (await owner.must('POST', '/api/v1/hooks', hook)).hook;
  const load = startLoad([new Sender(writer, overRest(writer))], roomId, 20);
  await eventually(() => expect(received.length).toBeGreaterThan(5));
  await owner.must('POST', `/api/v1/rooms/${roomId}/leave`);
  const write = (content: string) => writer.must('POST', `/api/v1/rooms/${roomId}/messages`, { content });
  await write('after the leave');
  await eventually(async () => {
    const { rooms } = await owner.must('GET', `/api/v1/hooks/${id}/lag`);
    expect(rooms).toMatchObject([{ active: false }]);
  });
  await load.stop();
  expect(received).not.toContain('after the leave');
  await writer.must('POST', `/api/v1/rooms/${roomId}/members`, { userIds: [owner.userId] });
  await write('after the return');
  await eventually(() => expect(received.at(-1)).toBe('after the return'));
  expect(received.filter((content) => content === 'after the leave')).toHaveLength(1);
}, 90_000);

/** A room with a webhook that answers `/weather …`. */
async function weatherRoom(owner: ChatUser, members: readonly ChatUser[]): Promise<string> {
  receive = async (request, response) => {
    const { data } = JSON.parse(Buffer.concat(await request.toArray()).toString());
    response.end(JSON.stringify({ text: `Rain for ${data.text}.` }));
  };
  const room = await owner.must('POST', '/api/v1/rooms', {
    name: 'weather',
    members: members.map(({ userId }) => userId),
  });
  const { hook } = await owner.must('POST', '/api/v1/hooks', {
    url: `http://127.0.0.1:${receiverPort}/`,
    rooms: [room.id],
    events: ['left'],
  });
  await owner.must('POST', `/api/v1/hooks/${hook.id}/commands`, { roomId: room.id, word: 'weather' });
  return room.id;
}

test('a command typed by any client stays a message, and its author alone is answered', async () => {
  const [owner, writer, reader] = [
    await ChatUser.register(target.url, 'owner'),
    await ChatUser.register(target.url, 'writer'),
    await ChatUser.register(target.url, 'reader'),
  ];
  const roomId = await weatherRoom(owner, [writer, reader]);
  const answers = new Map<string, string[]>();
  const connect = async (who: ChatUser, gateway = 0) => {
    const socket = await who.connect(target.gateways[gateway] ?? target.url);
    socket.onAny((event: string, { text }) => {
      if (!/^command.?answered$/i.test(event)) return;
      const key = `${who.username} ${event}`;
      answers.set(key, [...(answers.get(key) ?? []), text]);
    });
    return socket;
  };
  const [snake, camel, kebab] = [await connect(writer), await connect(writer, 1), await connect(writer)];
  await connect(reader);
  const contents = ['/weather snake', '/weather camel', '/weather kebab', '/weather rest'];
  const [first, second, third, fourth] = contents;
  await emit(snake, 'send_message', { roomId, content: first });
  await emit(camel, 'sendMessage', { roomId, content: second });
  await emit(kebab, 'send-message', { receiver_id: roomId, is_group: true, content: third });
  await writer.must('POST', `/api/v1/rooms/${roomId}/messages`, { content: fourth });
  const texts = ['Rain for camel.', 'Rain for kebab.', 'Rain for rest.', 'Rain for snake.'];
  await eventually(() => {
    expect(answers.get(`${writer.username} command_answered`)?.toSorted()).toEqual(texts);
    // The others show their dialect by what they send.
    for (const event of ['commandAnswered', 'command-answered'])
      expect(answers.get(`${writer.username} ${event}`)).toContain('Rain for rest.');
  });
  expect([...answers.keys()].filter((key) => key.startsWith(reader.username))).toEqual([]);
  const history: Message[] = await wholeHistory(reader, roomId);
  expect(history.map(({ content }) => content)).toEqual(contents);
  for (const person of [writer, reader]) person.close();
}, 90_000);

await whereBrowsersRun('commands in the web client', (browser) => {
  const { enter } = createVisitors(browser, () => target);

  test('a private answer is shown to its author until it is closed', async () => {
    const ada = await ChatUser.register(target.url, 'ada');
    const roomId = await weatherRoom(ada, []);
    const { tab } = await enter(ada, `/rooms/${roomId}`);
    await write(tab, '/weather the web');
    const answer = tab.locator('.command-answer');
    await answer.getByText('Rain for the web.').waitFor();
    await answer.getByText('(only you see this)').waitFor();
    await row(tab, '/weather the web').waitFor();
    expect(await Visitor.faultsOfThemes(tab)).toEqual([]);
    await answer.getByRole('button', { name: 'Close the answer' }).click();
    await answer.waitFor({ state: 'detached' });
  });
});

test('the documented program and receiver make a webhook arrive, in under ten lines each', async () => {
  const text = readFileSync(join(root, 'deploy/integration.md'), 'utf8');
  const section = text.slice(text.indexOf('## Webhooks'));
  const examples = [...section.matchAll(/```ts\n([^`]*)```/g)].map(([, code = '']) => code);
  expect(examples).toHaveLength(2);
  for (const code of examples) expect(code.split('\n').filter(Boolean).length).toBeLessThan(10);
  const ada = await ChatUser.register(target.url, 'integrator');
  const start = (code: string | undefined, env: Record<string, string>) => {
    const entry = join(root, 'dist', `example-${process.pid}-${files.length}.ts`);
    files.push(entry);
    const changed = (code ?? '')
      .replaceAll('9000', `${examplePort}`)
      .replace('http://127.0.0.1:3000', target.url)
      .replace("'ada'", `'${ada.username}'`);
    mkdirSync(join(root, 'dist'), { recursive: true });
    writeFileSync(entry, changed);
    return startProcess({ entry, env });
  };
  const [programCode, receiverCode] = examples;
  const program = await start(programCode, {});
  const [secret] = await program.waitForLine(/whsec_\S+/);
  const running = await start(receiverCode, { HOOK_SECRET: secret });
  await running.waitForLine(/It arrives\./);
  await Promise.all([program.ended(), running.stop()]);
}, 90_000);
