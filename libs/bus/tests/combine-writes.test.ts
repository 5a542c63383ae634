import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { combineWrites } from '../src/rabbit/combine-writes.ts';

const ends: (() => void)[] = [];
afterEach(() => {
  vi.restoreAllMocks();
  for (const end of ends.splice(0)) end();
});

async function openPair(): Promise<{ socket: Socket; received: () => Buffer }> {
  const parts: Buffer[] = [];
  const server = createServer((other) => other.on('data', (part: Buffer) => parts.push(part)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  await once(socket, 'connect');
  ends.push(
    () => socket.destroy(),
    () => server.close(),
  );
  return { socket, received: () => Buffer.concat(parts) };
}

/** Counts the writes that the operating system gets from a socket while `work` runs. */
async function countWrites(socket: Socket, work: () => Promise<unknown>): Promise<number> {
  const { _handle: handle } = socket as unknown as {
    _handle: Record<'writev' | 'writeBuffer', () => number>;
  };
  const spies = [vi.spyOn(handle, 'writev'), vi.spyOn(handle, 'writeBuffer')];
  for (const spy of spies) spy.mockClear();
  await work();
  return spies.reduce((sum, { mock }) => sum + mock.calls.length, 0);
}

const frames = Array.from({ length: 40 }, (_, index) => Buffer.from(`frame ${index};`));
const sent = (socket: Socket) =>
  new Promise((resolve) => {
    for (const frame of frames) socket.write(frame);
    socket.write(Buffer.from('last'), resolve);
  });

it('the frames of a tick are one write, complete and in order', async () => {
  const { socket, received } = await openPair();
  expect(await countWrites(socket, () => sent(socket))).toBe(frames.length + 1);
  combineWrites(socket);
  expect(await countWrites(socket, () => sent(socket))).toBe(1);
  socket.end();
  await once(socket, 'close');
  const all = `${Buffer.concat(frames).toString()}last`;
  expect(received().toString()).toBe(all + all);
});

it('a reader that does not keep up still makes writers wait', async () => {
  const { socket, received } = await openPair();
  combineWrites(socket);
  const part = Buffer.alloc(1_000_000);
  let parts = 0;
  while (socket.write(part)) parts++;
  expect(parts).toBeLessThan(2);
  await once(socket, 'drain');
  socket.end();
  await once(socket, 'close');
  expect(received().length).toBe((parts + 1) * part.length);
});
