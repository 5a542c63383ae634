import { randomUUID } from 'node:crypto';
import { AppError } from '@parley/errors';
import { pause } from '@parley/runtime/async';
import type { ChatUser } from '../whole-stack/chat-user.ts';
import { openWire, type Wire, type WireKind } from './wire.ts';

export interface Body {
  roomId: string;
  content: string;
  clientId: string;
  replyTo?: string;
}
interface Acknowledged {
  id: string;
  seq: number;
}

/** One way to send. @throws AppError; `unavailable` if it could not be sent at all */
export type Send = (body: Body) => Promise<Acknowledged>;

export function overRest(user: ChatUser): Send {
  return async ({ roomId, ...body }) => {
    const answer = await user
      .call('POST', `/api/v1/rooms/${roomId}/messages`, body)
      .catch((error: unknown) => {
        throw new AppError('unavailable', { cause: error });
      });
    if (answer.status >= 300)
      throw AppError.fromData({ code: answer.body?.code ?? `status ${answer.status}` });
    return answer.body;
  };
}

/** Connects when there is something to send, and again after the connection is lost. */
export function overWire(
  kind: WireKind,
  gateway: string,
  user: ChatUser,
): Send & { close: () => Promise<void> } {
  let wire: Promise<Wire> | undefined;
  const connected = () => {
    wire ??= openWire(kind, gateway, user).then(
      (open) => {
        open.onEnd(() => {
          wire = undefined;
        });
        return open;
      },
      (error: unknown) => {
        wire = undefined;
        throw new AppError('unavailable', { cause: error });
      },
    );
    return wire;
  };
  const send: Send = async (body) => (await connected()).ask('send_message', body);
  return Object.assign(send, { close: async () => void (await wire?.catch(() => undefined))?.close() });
}

const pauseMs = 250;

export interface Sent extends Acknowledged {
  senderId: string;
  clientId: string;
  content: string;
}

/** The result of one attempt to send: `ok` or an error code. */
export interface Try {
  code: string;
  tookMs: number;
}

/**
 * Sends each message with one key until it is acknowledged. An error that is not retryable fails
 * the test.
 */
export class Sender {
  readonly user: ChatUser;
  readonly #send: Send;
  readonly sent: Sent[] = [];
  readonly tries: Try[] = [];
  readonly failures: string[] = [];

  constructor(user: ChatUser, send: Send) {
    this.user = user;
    this.#send = send;
  }

  async say(roomId: string, content: string): Promise<void> {
    const clientId = randomUUID();
    for (;;) {
      const startedAt = performance.now();
      const note = (code: string) => this.tries.push({ code, tookMs: performance.now() - startedAt });
      try {
        const { id, seq } = await this.#send({ roomId, content, clientId });
        note('ok');
        this.sent.push({ id, seq, clientId, content, senderId: this.user.userId });
        return;
      } catch (error) {
        const failure = AppError.from(error);
        note(failure.code);
        if (!failure.retryable || failure.code === 'server_error')
          return void this.failures.push(`${failure.code}: ${failure.message}`);
        await pause(pauseMs);
      }
    }
  }
}

export interface Load {
  /** Stops. Resolves when every message has been acknowledged. */
  stop(): Promise<void>;
}

/** Sends at a steady rate from each sender in turn, with or without answers. */
export function startLoad(senders: readonly Sender[], roomId: string, perSecond: number): Load {
  const inFlight = new Set<Promise<void>>();
  const startedAt = performance.now();
  let said = 0;
  const timer = setInterval(() => {
    for (const due = ((performance.now() - startedAt) / 1_000) * perSecond; said < due; said++) {
      const saying = senders[said % senders.length]
        ?.say(roomId, `message ${said}`)
        .finally(() => inFlight.delete(saying as Promise<void>));
      if (saying) inFlight.add(saying);
    }
  }, 10);
  return {
    stop: async () => {
      clearInterval(timer);
      await Promise.all(inFlight);
    },
  };
}
