import type { ClientContract } from '@parley/contracts';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { connected, type Gateway, type Json, type Person, type World } from './gateway-harness.ts';

/** A client of any contract and transport, without acknowledgements; closed after the test. */
export interface Listener {
  received: { event: string; data: Json }[];
  named(event: string): Json[];
  send(event: string, data: unknown): void;
}

export interface ListenOptions {
  /** Absent: the token is that of an earlier release. */
  contract?: ClientContract;
  dialect?: string;
  transport?: 'Socket.IO' | 'WebSocket';
}

export async function openListener(
  world: World,
  gateway: Gateway,
  who: Person,
  { contract, dialect, transport = 'Socket.IO' }: ListenOptions = {},
): Promise<Listener> {
  const token = world.auth.token({ ...who, ...(contract && { contract }) });
  const received: Listener['received'] = [];
  const named = (event: string) => received.filter((one) => one.event === event).map(({ data }) => data);
  if (transport === 'Socket.IO') {
    const { socket } = world.client(gateway.url, { auth: { token, style: dialect } });
    socket.onAny((event: string, data: Json) => received.push({ event, data }));
    await connected(socket);
    const send = (event: string, data: unknown) => void socket.emit(event, data);
    onTestFinished(() => void socket.disconnect());
    return { received, named, send };
  }
  const socket = new WebSocket(
    `${gateway.url.replace('http', 'ws')}/?token=${token}${dialect ? `&style=${dialect}` : ''}`,
  );
  socket.on('message', (raw) => received.push(JSON.parse(String(raw))));
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  const send = (event: string, data: unknown) => socket.send(JSON.stringify({ event, data }));
  onTestFinished(() => socket.terminate());
  return { received, named, send };
}
