import { io } from 'socket.io-client';
import { ParleyError } from './parley-error.ts';

/** Why a connection has ended. */
export interface LinkEnd {
  /** The server's word for it where it gave one (`session_revoked`, `token_expired`), else the transport's. */
  code: string;
  /** Closed in good order, as a gateway does that is being replaced: others are there, come back at once. */
  clean: boolean;
}

/** One live connection. Once it has ended it never comes back; see `Connection`. */
export interface Link {
  readonly open: boolean;
  /**
   * Emits, and waits for the acknowledgement's data.
   * @throws ParleyError what the server says; `timeout`; `network` when the connection ends first. After these two it may have been done or not
   */
  request(event: string, payload: unknown, timeoutMs: number): Promise<unknown>;
  close(): void;
}

export interface LinkOptions {
  /** Scheme, host and port. */
  url: string;
  token: string;
  onEvent: (name: string, payload: unknown) => void;
  /** Once, unless it was closed from this side. */
  onEnd: (end: LinkEnd) => void;
}

const openTimeoutMs = 15_000;
const finalCodes = ['session_revoked', 'token_expired'];

/** @throws ParleyError why it could not be opened */
export async function openLink({ url, token, onEvent, onEnd }: LinkOptions): Promise<Link> {
  const socket = io(new URL(url).origin, {
    auth: { token },
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    timeout: openTimeoutMs,
  });
  let said = '';
  // Before the connection is told open: what follows may come in the same breath.
  socket.onAny((name: string, payload: { code?: unknown } | undefined) => {
    if (name === 'error' && typeof payload?.code === 'string' && finalCodes.includes(payload.code)) said = payload.code;
    onEvent(name, payload);
  });
  const close = () => {
    socket.offAny();
    socket.removeAllListeners();
    socket.disconnect();
  };

  try {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new ParleyError('timeout', 'No answer in time.', { retryable: true })), openTimeoutMs);
      socket.once('connect', () => {
        clearTimeout(timer);
        socket.removeAllListeners('disconnect');
        resolve();
      });
      socket.once('connect_error', (error: Error & { data?: unknown }) => {
        clearTimeout(timer);
        reject(error.data ? ParleyError.fromAcknowledgement(error.data) : ParleyError.from(error));
      });
      // A transport that goes before the server has let us in is told as this.
      socket.once('disconnect', (reason) => {
        clearTimeout(timer);
        reject(new ParleyError('network', reason, { retryable: true }));
      });
    });
  } catch (error) {
    close();
    throw error;
  }
  socket.once('disconnect', (reason, details) => {
    close();
    onEnd({ code: said || reason, clean: wasClean(details) });
  });
  if (!socket.connected) onEnd({ code: 'transport close', clean: false });

  return {
    get open() {
      return socket.connected;
    },
    close,
    async request(event, payload, timeoutMs) {
      let answer: { ok: boolean; data?: unknown; error?: unknown };
      try {
        // While it is not connected, Socket.IO would keep the event for a later connection, which this one never has.
        if (!socket.connected) throw new Error('the connection has ended');
        answer = await socket.timeout(timeoutMs).emitWithAck(event, payload);
      } catch (error) {
        const code = socket.connected ? 'timeout' : 'network';
        throw new ParleyError(code, `${event} was not acknowledged: ${error instanceof Error ? error.message : error}`, {
          retryable: true,
        });
      }
      if (answer.ok) return answer.data;
      throw ParleyError.fromAcknowledgement(answer.error);
    },
  };
}

/** WebSocket's codes for "closed by the other side's decision": 1000, 1001, and none given. A process that dies leaves 1006. */
function wasClean(details: unknown): boolean {
  const { context } = (details ?? {}) as { context?: { code?: unknown } };
  return [1000, 1001, 1005].includes(Number(context?.code));
}
