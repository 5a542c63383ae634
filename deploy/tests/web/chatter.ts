import { emit, type Json } from '../whole-stack/chat-user.ts';

type Socket = Parameters<typeof emit>[0];

/** More unanswered messages than this mean that the machine cannot keep up. */
const maxInFlight = 50;
const tickMs = 20;

/**
 * Sends messages at a steady rate. On a machine that cannot keep up, it sends fewer instead of ever
 * more at once.
 */
export function startChatter(socket: Socket, roomId: string, perSecond: number) {
  const sent: { seq: number; content: string }[] = [];
  const inFlight = new Set<Promise<void>>();
  let started = 0;
  let due = 0;
  const timer = setInterval(() => {
    due += (perSecond * tickMs) / 1_000;
    for (; due >= 1; due--) {
      if (inFlight.size >= maxInFlight) continue;
      const content = `message ${started++}`;
      const sending: Promise<void> = emit(socket, 'send_message', { roomId, content })
        .then(({ seq }: Json) => void sent.push({ seq, content }))
        .finally(() => inFlight.delete(sending));
      inFlight.add(sending);
    }
  }, tickMs);
  return {
    /** The stored messages. */
    sent: sent as readonly { seq: number; content: string }[],
    /** Resolves when every message has been stored. */
    stop: async () => {
      clearInterval(timer);
      await Promise.all(inFlight);
    },
  };
}
