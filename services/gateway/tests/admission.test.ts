import { AppError } from '@parley/errors';
import { eventually } from '@parley/testkit';
import { io, type Socket } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { Admission } from '../src/transports/admission.ts';
import { type Gateway, metric, person, World } from './gateway-harness.ts';

const here = { destroyed: false };

describe('admission', () => {
  afterEach(() => vi.useRealTimers());

  const create = () => {
    vi.useFakeTimers();
    const rate = { limit: 10, windowMs: 1_000 };
    const admission = new Admission({ rate, clock: Date.now, metrics: { handshake: () => undefined } });
    const since = Date.now();
    const admitted: number[] = [];
    const refused: number[] = [];
    let networks = 0;
    const come = (network = `network ${++networks}`) =>
      admission.admit(here, network).then(
        (isThere) => isThere && admitted.push(Date.now() - since),
        (error: unknown) => refused.push(AppError.from(error).retryAfterMs ?? 0),
      );
    return { admitted, refused, come };
  };

  test('after a burst, handshakes wait for their turn, and beyond the line learn when to come', async () => {
    const { admitted, refused, come } = create();
    for (let count = 0; count < 100; count++) void come();
    await vi.advanceTimersByTimeAsync(0);
    expect(admitted).toHaveLength(10);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(admitted.slice(10)).toEqual(Array.from({ length: 50 }, (_, turn) => 100 * (turn + 1)));
    // Spread at the same rate, behind the line.
    expect(refused).toEqual(Array.from({ length: 40 }, (_, turn) => 5_200 + 100 * turn));
  });

  test('a client that comes back when it was told to is admitted at once', async () => {
    const { admitted, refused, come } = create();
    for (let count = 0; count < 100; count++) void come();
    await vi.advanceTimersByTimeAsync(0);
    for (const afterMs of [...refused]) setTimeout(() => void come(), afterMs);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(refused).toHaveLength(40);
    expect(admitted.slice(60)).toEqual(refused);
  });

  test('one network fills at most half of the line; all others are still admitted', async () => {
    const { admitted, refused, come } = create();
    for (let count = 0; count < 1_000; count++) void come('hostile');
    await vi.advanceTimersByTimeAsync(0);
    expect([admitted.length, refused.length]).toEqual([10, 965]);
    void come();
    await vi.advanceTimersByTimeAsync(2_500);
    for (let count = 0; count < 1_000; count++) void come('hostile');
    await vi.advanceTimersByTimeAsync(100);
    expect(admitted).toHaveLength(36);
    expect(refused).toHaveLength(965 + 975);
  });

  test('nobody is sent away for longer than two minutes', async () => {
    const { refused, come } = create();
    for (let count = 0; count < 5_000; count++) void come();
    await vi.advanceTimersByTimeAsync(0);
    expect(Math.max(...refused)).toBeLessThanOrEqual(120_000);
    expect(refused.slice(-100).filter((ms) => ms < 60_000)).toEqual([]);
  });
});

describe('a gateway that admits few handshakes', () => {
  let world: World;
  let full: Gateway;
  let other: Gateway;
  const sockets: Socket[] = [];
  const token = () => world.auth.token(person('ada'));
  const open = (url: string, options: object) => {
    const socket = io(url, { forceNew: true, auth: { token: token() }, ...options });
    sockets.push(socket);
    return socket;
  };

  beforeAll(async () => {
    world = await World.start();
    // The second handshake would have to wait for an hour.
    [full, other] = [await world.gateway({ HANDSHAKE_RATE: '1/h' }), await world.gateway()];
    await world.connect(full, person('first'));
  });
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.disconnect();
  });
  afterAll(() => world.stop());

  test('refuses a poll and a plain WebSocket by a response that names the time', async () => {
    const response = await fetch(`${full.url}/socket.io/?EIO=4&transport=polling`);
    const problem = (await response.json()) as { retryAfterMs: number };
    expect([response.status, problem]).toEqual([
      429,
      expect.objectContaining({ code: 'rate_limit', setting: 'HANDSHAKE_RATE' }),
    ]);
    expect(Number(response.headers.get('retry-after'))).toBe(Math.ceil(problem.retryAfterMs / 1_000));
    const socket = new WebSocket(`${full.url.replace('http', 'ws')}/ws?token=${token()}`);
    const refusal = new Promise<{ statusCode?: number | undefined; headers: object }>((resolve, reject) => {
      socket.once('unexpected-response', (_request, answer) => resolve(answer));
      socket.once('open', () => reject(new Error('opened')));
      socket.once('error', () => undefined);
    });
    expect(await refusal).toMatchObject({
      statusCode: 429,
      headers: { 'retry-after': expect.stringMatching(/^\d+$/) },
    });
    expect(await metric(full, 'gateway_connections')).toBe(1);
  });

  test.each([['polling'], ['websocket']])('socket.io-client over %s tries again by itself', async (name) => {
    const socket = open(full.url, { transports: [name] });
    let attempts = 0;
    socket.io.on('reconnect_attempt', () => attempts++);
    await new Promise((resolve) => socket.once('connect_error', resolve));
    expect(socket.active).toBe(true);
    await eventually(() => expect(attempts).toBeGreaterThan(0));
  });

  test.each([['polling'], ['websocket']])('a client over %s that asks for it gets a packet', async (name) => {
    const socket = open(full.url, { transports: [name], query: { refusal: 'packet' } });
    const error = await new Promise<Error & { data?: unknown }>((resolve) =>
      socket.once('connect_error', resolve),
    );
    expect(error.data).toMatchObject({
      code: 'rate_limit',
      retryable: true,
      retryAfterMs: expect.any(Number),
    });
  });

  test('passes on requests of sessions that were admitted elsewhere', async () => {
    const opened = await (await fetch(`${other.url}/socket.io/?EIO=4&transport=polling`)).text();
    const { sid } = JSON.parse(opened.slice(1)) as { sid: string };
    const url = `${full.url}/socket.io/?EIO=4&transport=polling&sid=${sid}`;
    const sent = await fetch(url, { method: 'POST', body: `40{"token":"${token()}"}` });
    expect([sent.status, await sent.text()]).toEqual([200, 'ok']);
    expect(await (await fetch(url)).text()).toMatch(/^40\{"sid"/);
  });

  test('holds clients for a while, unnoticed by them', async () => {
    const gateway = await world.gateway({ HANDSHAKE_RATE: '4/s' });
    const clients = Array.from({ length: 8 }, (_, index) =>
      open(gateway.url, { transports: [index % 2 ? 'polling' : 'websocket'] }),
    );
    const errors: Error[] = [];
    for (const client of clients) client.on('connect_error', (error) => errors.push(error));
    await eventually(() => expect(clients.filter(({ connected }) => connected)).toHaveLength(8));
    expect(errors).toEqual([]);
  });
});
