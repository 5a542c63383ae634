import { io } from 'socket.io-client';
import { dataOf, type OpenWire, openTimeoutMs, Refusal } from './wire.ts';

/**
 * The official Socket.IO client. The player controls reconnecting.
 * @param transports undefined: the client's default, which starts with polling and then upgrades
 */
const openWith =
  (transports?: string[]): OpenWire =>
  ({ url, token, dialect, onEvent, onClosed }) =>
    new Promise((resolve, reject) => {
      const socket = io(url, {
        auth: { token, style: dialect },
        ...(transports && { transports }),
        forceNew: true,
        reconnection: false,
        timeout: openTimeoutMs,
      });
      const tooLate = setTimeout(() => fail(new Refusal('timeout', true)), openTimeoutMs);
      const fail = (refusal: Refusal) => {
        clearTimeout(tooLate);
        socket.disconnect();
        reject(refusal);
      };
      socket.once('connect_error', (error) => {
        const { data } = error as { data?: { code?: string; retryable?: boolean } };
        fail(data ? Refusal.of(data) : new Refusal('lost', true));
      });
      socket.onAny((event: string, data: unknown) => onEvent(event, data));
      socket.once('connect', () => {
        clearTimeout(tooLate);
        socket.once('disconnect', (reason) => onClosed(reason));
        resolve({
          request: async (event, data, timeoutMs) => {
            if (!socket.connected) throw new Refusal('lost', true);
            const answer = await socket
              .timeout(timeoutMs)
              .emitWithAck(event, data)
              .catch(() => {
                throw new Refusal(socket.connected ? 'timeout' : 'lost', true);
              });
            return dataOf(answer);
          },
          close: () => socket.disconnect(),
        });
      });
    });

export const openSocketIo = openWith(['websocket']);
export const openPolling = openWith(['polling']);
export const openUpgrading = openWith();
