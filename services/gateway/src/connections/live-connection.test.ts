import type { CloseReason, ServerEvent } from '@parley/contracts';
import { describe, expect, test } from 'vitest';
import { Frame } from './frame.ts';
import { LiveConnection } from './live-connection.ts';
import type { Packet } from './packet.ts';
import type { Pipe } from './pipe.ts';

/** A pipe whose client never reads. */
class StuckPipe implements Pipe {
  written: Packet[] = [];
  ended: CloseReason[] = [];
  cuts = 0;
  confirmedAt = 0;
  get unsentBytes() {
    return this.written.map(({ text }) => text).join('').length;
  }
  write(packet: Packet) {
    this.written.push(packet);
  }
  discard() {
    this.written = [];
  }
  end(reason: CloseReason) {
    this.ended.push(reason);
  }
  cut() {
    this.cuts += 1;
  }
}
class TestConnection extends LiveConnection {}

const maxBytes = 10_000;
const typing = new Frame('user_typing', {
  userId: 'u',
  username: 'ada',
  roomId: 'r',
  isTyping: true,
  timestamp: '',
});
const status = new Frame('user_status', { userId: 'u', username: 'ada', status: 'online', timestamp: '' });
const message = new Frame('room_users', { roomId: 'x'.repeat(900), users: [] });

function connection() {
  const pipe = new StuckPipe();
  const counted: string[] = [];
  const metrics = {
    closing: (reason: CloseReason) => void counted.push(reason),
    dropped: () => void counted.push('dropped'),
  };
  const token = { caller: { userId: 'u', contract: 'rooms' }, expiresAt: 0 } as never;
  return {
    pipe,
    counted,
    connection: new TestConnection('c', token, {
      pipe,
      outgoing: { maxBytes, pingEveryMs: 25_000, clock: () => 0, metrics },
      transport: 'webSocket',
    }),
  };
}
const events = (pipe: StuckPipe) =>
  pipe.written.map((packet) => JSON.parse(packet.text).event as ServerEvent);

describe('a connection whose client does not read', () => {
  test('drops transient events from a quarter of the limit on, and still sends all others', () => {
    const { pipe, counted, connection: one } = connection();
    for (let count = 0; count < 3; count++) one.send(message);
    one.send(typing);
    one.send(status);
    expect(pipe.unsentBytes).toBeGreaterThan(maxBytes / 4);
    expect(counted).toEqual(['dropped', 'dropped']);
    one.send(message);
    expect(new Set(events(pipe))).toEqual(new Set(['room_users']));
    expect(pipe.written).toHaveLength(4);
  });

  test('never buffers more than the limit and one frame; it then closes as slow', () => {
    const { pipe, counted, connection: one } = connection();
    let maxUnsent = 0;
    for (let count = 0; count < 100; count++) {
      one.send(message);
      maxUnsent = Math.max(maxUnsent, pipe.unsentBytes);
    }
    expect(maxUnsent).toBeGreaterThan(maxBytes);
    expect(maxUnsent).toBeLessThan(maxBytes + 1_100);
    expect(pipe.written.map((packet) => JSON.parse(packet.text))).toMatchObject([
      { event: 'error', data: { code: 'slow', retryable: true } },
    ]);
    expect([pipe.ended, counted]).toEqual([['slow'], ['slow']]);
  });
});

test('the first of several close reasons counts', () => {
  const { pipe, connection: one } = connection();
  for (const reason of ['token_expired', 'draining', 'slow'] as const) one.close(reason);
  expect(pipe.ended).toEqual(['token_expired']);
  expect(events(pipe)).toEqual(['error']);
});
