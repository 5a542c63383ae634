import { type CloseReason, closeReasons, isCloseReason } from '@parley/contracts/close-reasons';
import { io, type Socket } from 'socket.io-client';
import { ParleyError } from './parley-error.ts';
import type { ServerUrl } from './server-url.ts';

/** Why a connection has ended. */
export interface LinkEnd {
  /** The server's reason if it gave one (`CloseReason`), otherwise the transport's. */
  code: string;
  /** Whether the other side closed it in an orderly way. */
  clean: boolean;
}

/** One live connection. It does not reconnect; see `Connection`. */
export interface Link {
  readonly open: boolean;
  /**
   * Emits an event and waits for the data of its acknowledgement.
   * @throws ParleyError the server's error; `payload_too_large` when nothing was sent; `timeout`;
   *   `network` when the connection ends first. After the last two, the outcome is unknown
   */
  request(event: string, payload: unknown, timeoutMs: number): Promise<unknown>;
  close(): void;
}

export interface LinkOptions {
  server: ServerUrl;
  token: string;
  /** In order of preference. */
  transports: ('websocket' | 'polling')[];
  onEvent: (name: string, payload: unknown) => void;
  /** Called once, unless this side closed the link. */
  onEnd: (end: LinkEnd) => void;
}

const openTimeoutMs = 15_000;
const closeTimeoutMs = 2_000;
/**
 * Maximum size of an event in JSON. Exceeds the needs of all events and is below the server's
 * limit.
 */
const maxCharacters = 80_000;

/** The server acknowledges every event sooner. A connection that is silent for longer is dead. */
const frozenAfterMs = 15_000;

/** @throws ParleyError the reason why it could not be opened */
export async function openLink({ server, token, transports, onEvent, onEnd }: LinkOptions): Promise<Link> {
  const socket = io(server.origin, {
    path: `${server.prefix}/socket.io`,
    auth: { token, style: 'snake_case' },
    transports,
    tryAllTransports: true,
    forceNew: true,
    reconnection: false,
    // Longer than our own timeout, which must come first.
    timeout: 2 * openTimeoutMs,
  });
  let said: CloseReason | undefined;
  // Before the connection counts as open, because events may follow immediately.
  socket.onAny((name: string, payload: { code?: unknown } | undefined) => {
    if (name === 'error' && isCloseReason(payload?.code)) said = payload.code;
    onEvent(name, payload);
  });
  const close = () => {
    socket.offAny();
    socket.removeAllListeners();
    endTransport(socket);
    socket.disconnect();
  };

  try {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(unreachable('timeout', server, 'no response in time')),
        openTimeoutMs,
      );
      socket.once('connect', () => {
        clearTimeout(timer);
        socket.removeAllListeners('disconnect');
        resolve();
      });
      socket.once('connect_error', (error: Error & { data?: unknown }) => {
        clearTimeout(timer);
        reject(
          error.data
            ? ParleyError.fromAcknowledgement(error.data)
            : unreachable('network', server, reasonOf(error)),
        );
      });
      // The transport may close before the server has admitted us.
      socket.once('disconnect', (reason) => {
        clearTimeout(timer);
        reject(unreachable('network', server, reason));
      });
    });
  } catch (error) {
    close();
    throw error;
  }
  socket.once('disconnect', (reason, details) => {
    close();
    const closed = closedWith(details);
    onEnd({ code: said ?? closed.reason ?? reason, clean: [1000, 1001, 1005].includes(closed.code) });
  });
  if (!socket.connected) onEnd({ code: 'transport close', clean: false });
  let packets = 0;
  socket.io.engine.on('packet', () => {
    packets += 1;
  });

  return {
    get open() {
      return socket.connected;
    },
    close,
    async request(event, payload, timeoutMs) {
      if ((JSON.stringify(payload)?.length ?? 0) > maxCharacters)
        throw new ParleyError('payload_too_large', `${event}: the payload is too large.`);
      let answer: { ok: boolean; data?: unknown; error?: unknown };
      const packetsBefore = packets;
      try {
        // Socket.IO would keep the event for a later connection, which this link never has.
        if (!socket.connected) throw new Error('the connection has ended');
        answer = await socket.timeout(timeoutMs).emitWithAck(event, payload);
      } catch (error) {
        const code = socket.connected ? 'timeout' : 'network';
        // Detects a network that silently drops packets sooner than the heartbeat does.
        if (code === 'timeout' && timeoutMs >= frozenAfterMs && packets === packetsBefore) {
          close();
          onEnd({ code: 'heartbeat_lost', clean: false });
        }
        throw new ParleyError(
          code,
          `${event} was not acknowledged: ${error instanceof Error ? error.message : error}`,
          {
            retryable: true,
          },
        );
      }
      if (answer.ok) return answer.data;
      throw ParleyError.fromAcknowledgement(answer.error);
    },
  };
}

/**
 * Ends the transport if a frozen network or server does not answer the closing handshake. In Node,
 * the WebSocket would wait for 30 s and keep the process running.
 */
function endTransport(socket: Socket): void {
  const { ws } = (socket.io.engine?.transport ?? {}) as { ws?: { terminate?: () => void } };
  const timer: unknown = setTimeout(() => ws?.terminate?.(), closeTimeoutMs);
  (timer as { unref?: () => void }).unref?.();
}

const unreachable = (code: 'network' | 'timeout', { href }: ServerUrl, reason: string) =>
  new ParleyError(
    code,
    `No connection to ${href} (${reason}). Check the address, and that Parley is running there.`,
    {
      retryable: true,
    },
  );

/** The transport's error, with the HTTP response of the server or a proxy, if any. */
function reasonOf(error: Error): string {
  const { description, context } = error as { description?: unknown; context?: { responseText?: unknown } };
  if (typeof description !== 'number' || description === 0) return error.message;
  return `HTTP ${description}: ${messageOf(context?.responseText) ?? error.message}`;
}

function messageOf(body: unknown): string | undefined {
  try {
    const { detail, message } = JSON.parse(String(body)) as { detail?: unknown; message?: unknown };
    return String(detail ?? message);
  } catch {
    return undefined;
  }
}

/**
 * The close code of the WebSocket. 1000, 1001 and 1005 (none) mean that the other side closed it. A
 * lost connection or process leaves 1006, which says nothing about the reason.
 */
function closedWith(details: unknown): { code: number; reason: CloseReason | undefined } {
  const { context } = (details ?? {}) as { context?: { code?: unknown } };
  const code = Number(context?.code);
  const reasons = Object.keys(closeReasons) as CloseReason[];
  return {
    code,
    reason: code === 1006 ? undefined : reasons.find((reason) => closeReasons[reason].code === code),
  };
}
