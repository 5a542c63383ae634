import type { ClientEvent, ServerEvent } from '@parley/contracts';
import { eventually } from '@parley/testkit';
import type { Socket } from 'socket.io-client';

// biome-ignore lint/suspicious/noExplicitAny: tests read answers freely
export type Json = any;

/** A client: a socket and the events received so far, in order. */
export interface Client {
  socket: Socket;
  events: { event: ServerEvent; data: Json }[];
  /** The payloads of one event. */
  received(event: ServerEvent): Json[];
  /** The complete acknowledgement. */
  ask(event: ClientEvent, payload?: unknown): Promise<Json>;
  /**
   * The data of the acknowledgement.
   * @throws the error of a negative acknowledgement
   */
  emit(event: ClientEvent, payload: unknown): Promise<Json>;
  /** Emits without asking for an acknowledgement. */
  send(event: string, ...payload: unknown[]): void;
}

export function createClient(socket: Socket): Client {
  const events: Client['events'] = [];
  socket.onAny((event: ServerEvent, data: Json) => events.push({ event, data }));
  const ask = (event: ClientEvent, payload?: unknown) => socket.timeout(15_000).emitWithAck(event, payload);
  return {
    socket,
    events,
    ask,
    received: (event) => events.filter((one) => one.event === event).map((one) => one.data),
    send: (event, ...payload) => void socket.emit(event, ...payload),
    emit: async (event, payload) => {
      const acknowledged = await ask(event, payload);
      if (!acknowledged.ok)
        throw Object.assign(new Error(`${event}: ${JSON.stringify(acknowledged.error)}`), acknowledged.error);
      return acknowledged.data;
    },
  };
}

export function connected(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
}

/** Waits until a client has received that many of an event, and answers them. */
export function waitFor(
  client: Client,
  event: ServerEvent,
  count: number,
  timeoutMs = 30_000,
): Promise<Json[]> {
  return eventually(
    () => {
      const received = client.received(event);
      if (received.length < count) throw new Error(`received ${received.length} of ${count} ${event}`);
      return received;
    },
    { timeoutMs },
  );
}
