import { io } from 'socket.io-client';
import { dataOf, type OpenWire, openTimeoutMs, Refusal } from './wire.ts';

/**
 * Socket.IO as its own client speaks it; reconnecting is the player's.
 * @param transports undefined: the client's default, which begins with polling and upgrades
 */
const openWith =
  (transports?: string[]): OpenWire =>
  ({ url, token, style, onEvent, onClosed }) =>
    new Promise((resolve, reject) => {
      const socket = io(url, {
        auth: { token, style },
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
