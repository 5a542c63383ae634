import { readFileSync } from 'node:fs';
import { pause } from '@parley/runtime/async';
import { eventually } from '@parley/testkit';
import type { Socket } from 'socket.io-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { ChatUser, emit, type Json } from '../whole-stack/chat-user.ts';
import { type StackTarget, startStackTarget } from '../whole-stack/start-targets.ts';
import { closings } from './closings.ts';

const readers = 18;
const stalled = 2;
const phaseMs = 2_000;
/**
 * Calm and troubled phases alternate, so that other load on the machine affects both. Trouble that
 * slows others down does so in every round; other load does not.
 */
const maxRounds = 6;
const paceMs = 10;
const maxUnanswered = 50;
const mebibyte = 1_048_576;

let target: StackTarget;
beforeAll(async () => {
  target = await startStackTarget({ SOCKET_EVENT_RATE: '200/s' }, ['--messages', '1']);
});
afterAll(() => target?.stop());

/** The memory of the gateway that everyone here uses. */
async function residentBytes(): Promise<number> {
  const [pid] = (await target.pids()).gateway ?? [];
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1_024;
}
const p99 = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length * 0.99)] ?? 0;

/** Joins the rooms and then stops reading. */
async function stall(user: ChatUser, roomIds: string[]): Promise<WebSocket> {
  const socket = new WebSocket(`${target.gateways[0].replace('http', 'ws')}/ws?token=${user.token}`);
  let joined = 0;
  socket.on('message', (raw) => {
    if (JSON.parse(String(raw)).ok) joined += 1;
  });
  socket.on('error', () => undefined);
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  for (const roomId of roomIds)
    socket.send(JSON.stringify({ event: 'join_room', data: { roomId }, id: roomId }));
  await eventually(() => expect(joined).toBe(roomIds.length));
  socket.pause();
  return socket;
}

test('promise 8: stalled readers and a flood affect neither latency nor memory', async () => {
  const speaker = await ChatUser.register(target.url, 'speaker');
  const idle = await ChatUser.register(target.url, 'stalled');
  const hostile = await ChatUser.register(target.url, 'hostile');
  const members = [idle.userId, hostile.userId];
  const room = await speaker.must('POST', '/api/v1/rooms', { name: 'everybody', members });
  // These messages are long, and only stalled readers receive them.
  const heavy = await speaker.must('POST', '/api/v1/rooms', { name: 'heavy', members });
  const gateway = target.gateways[0];
  const sockets: Socket[] = [];
  let latencies: number[] = [];
  let received = 0;
  for (let count = 0; count < readers; count++) {
    const socket = await speaker.connect(gateway);
    socket.on('receive_message', ({ content }: Json) => {
      received += 1;
      latencies.push(Date.now() - Number(content));
    });
    await emit(socket, 'join_room', { roomId: room.id });
    sockets.push(socket);
  }
  const talker = await speaker.connect(gateway);
  const long = '€'.repeat(10_000);
  /** Sends for a while. Returns the 99th percentile of the latency, in milliseconds. */
  const phase = async (also: () => Promise<unknown>) => {
    latencies = [];
    const until = Date.now() + phaseMs;
    const acknowledgements: Promise<Json>[] = [];
    const others = (async () => {
      while (Date.now() < until) await Promise.all([also(), pause(50)]);
    })();
    let said = 0;
    while (Date.now() < until) {
      acknowledgements.push(emit(talker, 'send_message', { roomId: room.id, content: String(Date.now()) }));
      // The same work with and without the stalled readers.
      if (++said % 2 === 0)
        acknowledgements.push(emit(talker, 'send_message', { roomId: heavy.id, content: long }));
      // On a busy machine the backlog stays short: the phase would otherwise take minutes.
      await Promise.all([acknowledgements.at(-maxUnanswered), pause(paceMs)]);
    }
    await Promise.all([...acknowledgements, others]);
    await eventually(() => expect(latencies.length).toBe(said * readers));
    return p99(latencies);
  };

  const calm: number[] = [];
  const troubled: number[] = [];
  const paused: WebSocket[] = [];
  let floods: Socket[] = [];
  let [before, most] = [0, 0];
  const flood = async (events: number) => {
    floods = floods.filter((socket) => socket.connected);
    if (floods.length === 0) floods.push(await hostile.connect(gateway));
    for (const socket of floods)
      for (let count = 0; count < events; count++)
        socket.emit('typing', { roomId: room.id, isTyping: count % 2 === 0 });
  };
  const trouble = async () => {
    await flood(50);
    most = Math.max(most, await residentBytes());
  };
  const isSlower = () => !(Math.min(...troubled) < Math.max(...calm) * 2 + 50);
  for (let round = 0; round < maxRounds && (round < 2 || isSlower()); round++) {
    calm.push(await phase(async () => undefined));
    before ||= await residentBytes();
    while (paused.length < stalled) paused.push(await stall(idle, [room.id, heavy.id]));
    troubled.push(await phase(trouble));
  }

  // Continue until the buffers of stalled readers are full and the flood has exceeded its limit,
  // however busy the machine is: several send at once, so that latency does not limit them.
  const talkers = sockets.slice(0, 8);
  await eventually(
    async () => {
      await Promise.all(
        talkers.map((socket) => emit(socket, 'send_message', { roomId: heavy.id, content: long })),
      );
      const counts = await closings(target, gateway);
      if (!counts.flooding) await flood(1_000);
      expect(counts.slow).toBe(stalled);
      expect(counts.flooding).toBeGreaterThanOrEqual(1);
    },
    { intervalMs: 1 },
  );
  const percentiles = `p99 ${calm.join(', ')} → ${troubled.join(', ')} ms`;
  const resident = [before, most].map((bytes) => Math.round(bytes / mebibyte));
  const figures = `${percentiles}, resident ${resident.join(' → ')} MiB`;
  expect(isSlower(), figures).toBe(false);
  expect(most - before, figures).toBeLessThan(100 * mebibyte);
  expect(sockets.every((socket) => socket.connected)).toBe(true);
  expect(received).toBeGreaterThan(0);

  // The stalled clients reconnect and sync what they have missed.
  const back = await idle.connect(gateway);
  const { seq } = await emit(back, 'join_room', { roomId: heavy.id });
  let known = 0;
  const got = new Set<string>();
  for (let more = true; more; ) {
    const [answer] = (
      await idle.must('POST', '/api/v1/sync', { rooms: [{ roomId: heavy.id, seq: known }], limit: 500 })
    ).rooms;
    for (const change of answer.changes) if (change.kind === 'message') got.add(change.message.id);
    known = answer.seq;
    more = answer.hasMore;
  }
  expect(known).toBeGreaterThanOrEqual(seq);
  // Two of the changes are members who joined.
  expect(got.size).toBe(known - members.length - 1);
  for (const socket of paused) socket.terminate();
  for (const user of [speaker, idle, hostile]) user.close();
});
