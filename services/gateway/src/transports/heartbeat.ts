import { randomUUID } from 'node:crypto';
import type { WebSocket } from 'ws';
import type { Outgoing } from '../connections/live-connection.ts';
import { networkOf } from './tick-writer.ts';

/** The slowest reader assumed (32 kbit/s). */
export const slowestBytesPerMs = 4;

interface Ping {
  payload: string;
  sentAt: number;
  /** The bytes written to the client before it. */
  written: number;
  /** The bytes received from the client before it. */
  received: number;
  /** Beats until the answer is due. */
  beatsLeft: number;
  isExtended: boolean;
}

/**
 * Pings a WebSocket and terminates it when the client does not answer. A payload cannot be guessed,
 * so only a client that reads can repeat it, as every WebSocket library does by itself. Heartbeats
 * of higher protocols cannot tell: their answers are always the same, and anybody can send them.
 */
export class Heartbeat {
  readonly #socket: WebSocket;
  readonly #outgoing: Outgoing;
  readonly #answerBeats: number;
  #unanswered: Ping | undefined;
  #confirmedAt = 0;
  /** The bytes that the client has confirmed to have read. */
  #confirmedBytes = 0;

  /**
   * @param answerWithinMs the least time to answer. It is longer if much that the client has not
   * confirmed comes before the ping, and twice as long if the client is sending, because the answer
   * may wait behind its data.
   */
  constructor(socket: WebSocket, outgoing: Outgoing, answerWithinMs: number) {
    this.#socket = socket;
    this.#outgoing = outgoing;
    this.#answerBeats = Math.ceil(answerWithinMs / outgoing.pingEveryMs);
    const timer = setInterval(() => this.#beat(), outgoing.pingEveryMs).unref();
    socket.once('close', () => clearInterval(timer));
    socket.on('pong', (data) => this.#answered(String(data)));
  }

  /** When the last ping was sent that the client has answered. 0: it has answered none yet. */
  get confirmedAt(): number {
    return this.#confirmedAt;
  }

  #beat(): void {
    const ping = this.#unanswered;
    if (!ping) this.#ping();
    else if (ping.beatsLeft > 1) ping.beatsLeft -= 1;
    else if (!ping.isExtended && this.#bytes().received > ping.received) {
      ping.isExtended = true;
      ping.beatsLeft = this.#answerBeats;
    } else {
      this.#outgoing.metrics.closing('heartbeat_lost');
      this.#socket.terminate();
    }
  }

  #ping(): void {
    const { pingEveryMs, maxBytes, clock } = this.#outgoing;
    const { written, received } = this.#bytes();
    const unreadBytes = Math.min(written - this.#confirmedBytes, maxBytes);
    const beatsLeft = this.#answerBeats + Math.floor(unreadBytes / slowestBytesPerMs / pingEveryMs);
    const payload = randomUUID();
    this.#unanswered = { payload, sentAt: clock(), written, received, beatsLeft, isExtended: false };
    this.#socket.ping(payload);
  }

  #answered(payload: string): void {
    if (payload !== this.#unanswered?.payload) return;
    this.#confirmedAt = this.#unanswered.sentAt;
    this.#confirmedBytes = this.#unanswered.written;
    this.#unanswered = undefined;
  }

  #bytes(): { written: number; received: number } {
    const network = networkOf(this.#socket);
    return { written: network?.bytesWritten ?? 0, received: network?.bytesRead ?? 0 };
  }
}
