import { type CloseReason, closeReasons, isCloseReason } from '@parley/contracts/close-reasons';
import type { TransportName } from './engine/transport.ts';
import { hintFor } from './hints.ts';
import { ParleyError } from './parley-error.ts';
import type { ServerUrl } from './server-url.ts';
import { SocketIo } from './socket-io.ts';

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
  /** When the last packet arrived, heartbeats included, in ms since the epoch. */
  readonly receivedAt: number;
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
  transports: readonly TransportName[];
  onEvent: (name: string, payload: unknown) => void;
  /** Called once, unless this side closed the link. */
  onEnd: (end: LinkEnd) => void;
}

const openTimeoutMs = 15_000;
/**
 * Maximum size of an event in JSON. Exceeds the needs of all events and is below the server's
 * limit.
 */
const maxCharacters = 80_000;

/** The server acknowledges every event sooner. A connection that is silent for longer is dead. */
const frozenAfterMs = 15_000;

/** @throws ParleyError the reason why it could not be opened */
export async function openLink({ server, token, transports, onEvent, onEnd }: LinkOptions): Promise<Link> {
  let said: CloseReason | undefined;
  let socket: SocketIo | undefined;
  const close = () => socket?.close();
  const opened = await new Promise<SocketIo>((resolve, reject) => {
    const fail = (error: ParleyError) => {
      clearTimeout(timer);
      close();
      reject(error);
    };
    const timer = setTimeout(
      () => fail(unreachable('timeout', server, 'no response in time')),
      openTimeoutMs,
    );
    const opening = new SocketIo(`${server.href}/socket.io/`, {
      auth: { token, style: 'snake_case' },
      transports,
      onConnect: () => {
        clearTimeout(timer);
        resolve(opening);
      },
      onRefused: (error, data) =>
        fail(data ? ParleyError.fromAcknowledgement(data) : unreachable('network', server, error.message)),
      onEvent: (name, payload) => {
        const { code } = (payload ?? {}) as { code?: unknown };
        if (name === 'error' && isCloseReason(code)) said = code;
        onEvent(name, payload);
      },
      onClose: (reason, code = 0) => {
        close();
        // A lost connection or process leaves 1006; the others mean that the other side closed it.
        onEnd({ code: said ?? reasonOf(code) ?? reason, clean: [1000, 1001, 1005].includes(code) });
      },
    });
    socket = opening;
  });

  return {
    get open() {
      return opened.connected;
    },
    get receivedAt() {
      return opened.receivedAt;
    },
    close,
    async request(event, payload, timeoutMs) {
      if ((JSON.stringify(payload)?.length ?? 0) > maxCharacters)
        throw new ParleyError('payload_too_large', `${event}: the payload is too large.`);
      const receivedBefore = opened.received;
      let answer: { ok: boolean; data?: unknown; error?: unknown };
      try {
        answer = (await opened.emitWithAck(event, payload, timeoutMs)) as typeof answer;
      } catch (error) {
        const code = opened.connected ? 'timeout' : 'network';
        // Detects a network that silently drops packets sooner than the heartbeat does.
        if (code === 'timeout' && timeoutMs >= frozenAfterMs && opened.received === receivedBefore) {
          close();
          onEnd({ code: 'heartbeat_lost', clean: false });
        }
        throw new ParleyError(code, `${event} was not acknowledged: ${(error as Error).message}`, {
          retryable: true,
        });
      }
      if (answer.ok) return answer.data;
      throw ParleyError.fromAcknowledgement(answer.error);
    },
  };
}

const unreachable = (code: 'network' | 'timeout', { href }: ServerUrl, reason: string) =>
  new ParleyError(code, `No connection to ${href} (${reason}). ${hintFor(href, reason)}`, {
    retryable: true,
  });

/** The server's reason, by the close code of a WebSocket. 1006 says nothing. */
function reasonOf(code: number): CloseReason | undefined {
  const reasons = Object.keys(closeReasons) as CloseReason[];
  return code === 1006 ? undefined : reasons.find((reason) => closeReasons[reason].code === code);
}
