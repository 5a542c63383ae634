import { WebSocket } from 'ws';
import { dataOf, type OpenWire, openTimeoutMs, Refusal } from './wire.ts';

interface Waiting {
  resolve: (data: unknown) => void;
  reject: (refusal: Refusal) => void;
  timer: NodeJS.Timeout;
}

/** A plain WebSocket with Parley's frames. */
export const openWebSocket: OpenWire = ({ url, token, dialect, onEvent, onClosed }) =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/ws?style=${dialect}`, {
      headers: { authorization: `Bearer ${token}` },
      handshakeTimeout: openTimeoutMs,
    });
    const waiting = new Map<number, Waiting>();
    let lastId = 0;
    let open = false;
    const request = (event: string, data: unknown, timeoutMs: number) =>
      new Promise<unknown>((answered, refused) => {
        if (socket.readyState !== WebSocket.OPEN) return refused(new Refusal('lost', true));
        const id = ++lastId;
        const timer = setTimeout(() => {
          waiting.delete(id);
          refused(new Refusal('timeout', true));
        }, timeoutMs);
        waiting.set(id, { resolve: answered, reject: refused, timer });
        socket.send(JSON.stringify({ event, data, id }));
      });
    socket.on('message', (text) => {
      const frame = JSON.parse(String(text));
      if (frame.id === undefined) return onEvent(frame.event, frame.data);
      const waiter = waiting.get(frame.id);
      waiting.delete(frame.id);
      if (!waiter) return;
      clearTimeout(waiter.timer);
      try {
        waiter.resolve(dataOf(frame));
      } catch (error) {
        waiter.reject(error as Refusal);
      }
    });
    socket.once('open', () => {
      open = true;
      resolve({ request, close: () => socket.terminate() });
    });
    socket.on('unexpected-response', (_request, response) => {
      const status = response.statusCode ?? 0;
      reject(
        new Refusal(
          status === 401 ? 'unauthenticated' : `status ${status}`,
          status !== 401 && status !== 403,
        ),
      );
      socket.terminate();
    });
    socket.on('error', () => reject(new Refusal('lost', true)));
    socket.once('close', (code, reason) => {
      for (const { reject: lose, timer } of waiting.values()) {
        clearTimeout(timer);
        lose(new Refusal('lost', true));
      }
      waiting.clear();
      if (open) onClosed(`${code} ${reason}`);
    });
  });
