import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { connected, type Gateway, metric, person, World } from './gateway-harness.ts';
import { openPolling, pollingPath } from './polling-client.ts';

/** Without limits, 20,000 CONNECT packets take several seconds. */
const maxCpuMs = 700;
const many = 20_000;

let world: World;
let gateway: Gateway;
beforeAll(async () => {
  world = await World.start();
  // Without a rate, the limits on sessions stand alone.
  gateway = await world.gateway({ SOCKET_EVENT_RATE: 'off', MAX_CONNECTIONS_PER_USER: '3' });
});
afterAll(() => world.stop());

/** A text frame of a client, with an empty mask. */
function textFrame(text: string): Buffer {
  const body = Buffer.from(text);
  const head =
    body.length < 126
      ? Buffer.from([0x81, 0x80 | body.length])
      : Buffer.from([0x81, 0x80 | 126, body.length >> 8, body.length & 0xff]);
  return Buffer.concat([head, Buffer.alloc(4), body]);
}
const pingFrame = Buffer.from([0x89, 0x80, 0, 0, 0, 0]);

/** Opens a session, writes everything at once, and answers what it received until its end. */
async function overWebSocket(written: Buffer): Promise<string[]> {
  const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
  const received: string[] = [];
  socket.on('message', (packet) => received.push(String(packet))).on('error', () => undefined);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await new Promise((resolve) => socket.once('open', resolve));
  (socket as unknown as { _socket: { write(data: Buffer): void } })._socket.write(written);
  await closed;
  return received;
}

const frames = (packets: readonly string[]) => Buffer.concat(packets.map(textFrame));

/** The same in the body of one request. */
async function overPolling(packets: readonly string[]): Promise<string[]> {
  const opened = await (await fetch(gateway.url + pollingPath)).text();
  const { sid } = JSON.parse(opened.slice(1)) as { sid: string };
  const url = `${gateway.url}${pollingPath}&sid=${sid}`;
  const poll = fetch(url).then((response) => response.text());
  await fetch(url, { method: 'POST', body: packets.join('\x1e') });
  const received = (await poll).split('\x1e');
  await eventually(async () => expect((await fetch(url)).status).toBe(400));
  return received;
}

/** Processor time of the gateway and its client, which run in this process. */
async function cpuMsOf(attack: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await attack();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

const times = (count: number, ...packets: string[]) => Array<string[]>(count).fill(packets).flat();
const forged = '40{"token":"nonsense"}';

describe('a client without a token cannot stall the gateway', () => {
  test.each<[string, string[]]>([
    ['CONNECT packets', times(many, '40')],
    ['CONNECT packets with forged tokens', times(many, forged)],
    ['CONNECT packets with a blank for the number', times(many, '4 {"token":"nonsense"}')],
    ['CONNECT packets to an unknown namespace', times(many, '40/other,')],
    ['CONNECT packets to /notifications', times(many, '40/notifications,')],
    ['packets without content', times(many, '6')],
    ['events', times(many, '42["typing",{}]')],
    ['events with attachments to come', times(many, '451-["typing",{"_placeholder":true,"num":0}]')],
    ['attempts to connect and disconnect', times(many, forged, '41')],
  ])('20,000 %s in one write end the session', async (_name, packets) => {
    let received: string[] = [];
    const written = frames(packets);
    const cpuMs = await cpuMsOf(async () => {
      received = await overWebSocket(written);
    });
    expect(cpuMs).toBeLessThan(maxCpuMs);
    expect(received.filter((packet) => packet.startsWith('44')).length).toBeLessThanOrEqual(5);
    // The body of a polling request is limited to 256 KB.
    const fitting = packets.slice(0, Math.floor(250_000 / (packets.join('\x1e').length / packets.length)));
    expect(await cpuMsOf(() => overPolling(fitting))).toBeLessThan(maxCpuMs);
  });

  test('20,000 pings of the WebSocket in one write end the session', async () => {
    const pings = Buffer.concat(Array<Buffer>(many).fill(pingFrame));
    expect(await cpuMsOf(() => overWebSocket(pings))).toBeLessThan(maxCpuMs);
  });
});

test('forged tokens count against their address, on every transport', async () => {
  const strict = await world.gateway({ API_RATE: '6/m', TRUST_PROXY: '1' });
  const socketIo = (address: string) => {
    const headers = { 'x-forwarded-for': address };
    const client = world.client(strict.url, { auth: { token: 'nonsense' }, extraHeaders: headers });
    return connected(client.socket).catch((error: { data: { code: string } }) => error.data.code);
  };
  const plain = async (address: string) => {
    const url = `${strict.url.replace('http', 'ws')}/ws?token=nonsense`;
    const socket = new WebSocket(url, { headers: { 'x-forwarded-for': address } }).on(
      'error',
      () => undefined,
    );
    return new Promise((resolve) =>
      socket.once('unexpected-response', (_request, response) => resolve(response.statusCode)),
    );
  };
  const answers = [];
  for (let count = 0; count < 4; count++)
    answers.push(await socketIo('2001:db8::1'), await plain('2001:db8::2'));
  expect(answers.slice(0, 6)).toEqual([
    'unauthenticated',
    401,
    'unauthenticated',
    401,
    'unauthenticated',
    401,
  ]);
  expect(answers.slice(6)).toEqual(['rate_limit', 429]);
  expect([await socketIo('192.0.2.1'), await plain('192.0.2.1')]).toEqual(['unauthenticated', 401]);
  const { socket, ask } = world.client(strict.url, { auth: { token: world.auth.token(person('ada')) } });
  await connected(socket);
  const codes = [];
  for (let count = 0; count < 8; count++)
    codes.push((await ask('refresh_token', { token: 'nonsense' })).error.code);
  expect(codes.slice(5)).toEqual(['unauthenticated', 'rate_limit', 'rate_limit']);
});

test('clients that return with expired tokens do not lock each other out', async () => {
  const strict = await world.gateway({ API_RATE: '6/m' });
  const codes = [];
  for (let count = 0; count < 8; count++) {
    const { socket } = world.client(strict.url, {
      auth: { token: world.auth.token(person('late'), -1_000) },
    });
    codes.push(await connected(socket).catch((error: { data: { code: string } }) => error.data.code));
  }
  expect(codes).toEqual(Array(8).fill('token_expired'));
  await connected(world.client(strict.url, { auth: { token: world.auth.token(person('ada')) } }).socket);
});

test('the fifth attempt is refused in its namespace and ends the session', async () => {
  const received = await overWebSocket(frames(times(5, '40/notifications,')));
  expect(received).toContainEqual(expect.stringMatching(/^44\/notifications,.*"code":"rate_limit"/));
});

test('a client that connects and disconnects all the time is ended', async () => {
  const token = world.auth.token(person('ada'));
  const { send, poll } = await openPolling(gateway, token);
  let connected = 0;
  for (let answer = ''; !answer.includes('unknown') && connected < 100; connected += 1) {
    await send('41');
    await send(`40${JSON.stringify({ token })}`);
    do answer = await poll();
    while (!/40\{|44\{|unknown/.test(answer));
  }
  expect(connected).toBeLessThan(50);
  await eventually(async () => expect(await metric(gateway, 'gateway_connections')).toBe(0));
});

test('connections of one session that come and go leave no listeners behind', async () => {
  const warnings: Error[] = [];
  const warn = (warning: Error) => void warnings.push(warning);
  process.on('warning', warn);
  const { send, poll } = await openPolling(gateway, world.auth.token(person('ada')));
  for (let round = 0; round < 15; round++) {
    await send('41');
    await send(`40${JSON.stringify({ token: world.auth.token(person('ada')) })}`);
    let answer = '';
    while (!answer.includes('40{')) answer = await poll();
  }
  // Node warns, in the next tick, of the eleventh listener for one event.
  await eventually(async () => expect(await metric(gateway, 'gateway_connections')).toBe(1));
  process.off('warning', warn);
  expect(warnings).toEqual([]);
  await send('1');
});

test('a session whose connections have all closed ends in time', async () => {
  const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
  socket.on('message', (data) => {
    const packet = String(data);
    if (packet.startsWith('0'))
      socket.send(`40${JSON.stringify({ token: world.auth.token(person('ada')) })}`);
    if (packet.startsWith('40')) socket.send('41');
  });
  await new Promise((resolve) => socket.once('close', resolve));
}, 20_000);
