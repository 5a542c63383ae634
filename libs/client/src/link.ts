import { type CloseReason, closeReasons, isCloseReason } from '@parley/contracts/close-reasons';
import { io } from 'socket.io-client';
import { ParleyError } from './parley-error.ts';
import type { ServerUrl } from './server-url.ts';

/** Why a connection has ended. */
export interface LinkEnd {
  /** The server's reason where it gave one (`CloseReason`), else the transport's word. */
  code: string;
  /** Closed in good order by the other side. */
  clean: boolean;
}

/** One live connection. Once it has ended it never comes back; see `Connection`. */
export interface Link {
  readonly open: boolean;
  /**
   * Emits, and waits for the acknowledgement's data.
   * @throws ParleyError what the server says; `payload_too_large`, and nothing was sent; `timeout`; `network` when the connection ends first. After these
   *   two it may have been done or not
   */
  request(event: string, payload: unknown, timeoutMs: number): Promise<unknown>;
  close(): void;
}

export interface LinkOptions {
  server: ServerUrl;
  token: string;
  /** Tried in this order. */
  transports: ('websocket' | 'polling')[];
  onEvent: (name: string, payload: unknown) => void;
  /** Once, unless it was closed from this side. */
  onEnd: (end: LinkEnd) => void;
}

const openTimeoutMs = 15_000;
/** In JSON. Far more than any event needs, and below the length at which the server ends the connection. */
const maxCharacters = 80_000;

/** The server acknowledges every event sooner. A connection that is silent for so long after one is dead. */
const frozenAfterMs = 15_000;

/** @throws ParleyError why it could not be opened */
export async function openLink({ server, token, transports, onEvent, onEnd }: LinkOptions): Promise<Link> {
  const socket = io(server.origin, {
    path: `${server.prefix}/socket.io`,
    auth: { token, style: 'snake_case' },
    transports,
    tryAllTransports: true,
    forceNew: true,
    reconnection: false,
    // Ours comes first.
    timeout: 2 * openTimeoutMs,
  });
  let said: CloseReason | undefined;
  // Before the connection is told open: what follows may come in the same breath.
  socket.onAny((name: string, payload: { code?: unknown } | undefined) => {
    if (name === 'error' && isCloseReason(payload?.code)) said = payload.code;
    onEvent(name, payload);
  });
  const close = () => {
    socket.offAny();
    socket.removeAllListeners();
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
      // A transport that goes before the server has let us in is told as this.
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
        throw new ParleyError('payload_too_large', `${event}: that is too much.`);
      let answer: { ok: boolean; data?: unknown; error?: unknown };
      const packetsBefore = packets;
      try {
        // While it is not connected, Socket.IO would keep the event for a later connection, which this one never has.
        if (!socket.connected) throw new Error('the connection has ended');
        answer = await socket.timeout(timeoutMs).emitWithAck(event, payload);
      } catch (error) {
        const code = socket.connected ? 'timeout' : 'network';
        // A network that silently drops packets is noticed here, before the heartbeat notices it.
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

const unreachable = (code: 'network' | 'timeout', { href }: ServerUrl, reason: string) =>
  new ParleyError(
    code,
    `No connection to ${href} (${reason}). Check the address, and that Parley is running there.`,
    {
      retryable: true,
    },
  );

/** The transport's error, and what the server or a proxy answered over HTTP, if anything. */
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
 * What the WebSocket was closed with. 1000, 1001 and 1005 (none given) are closings by the other side's decision; a line or a process that dies leaves 1006,
 * which says nothing of the reason.
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
