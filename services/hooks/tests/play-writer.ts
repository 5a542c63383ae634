import type { Message, SubmissionOf, SubmittedBatch } from '@parley/contracts';
import type { Hooks } from './hooks-harness.ts';

/** Plays the writer of rooms. Stores one message for each clientId. */
export async function playWriter({ bus }: Hooks): Promise<{ written: Message[] }> {
  const stored: { written: Message[] } = { written: [] };
  await bus.consume('submissions', 'messages', async (events) => {
    for (const { data } of events) {
      const { origin, items } = data as SubmittedBatch;
      const replies = (items as SubmissionOf<'send'>[]).map((item) => {
        const known = stored.written.find(({ clientId }) => clientId === item.clientId);
        const message = known ?? toMessage(item);
        if (!known) stored.written.push(message);
        const conflicts = message.content !== item.content;
        return conflicts
          ? { ref: item.ref, ok: false, error: { code: 'conflict', message: '', retryable: false } }
          : { ref: item.ref, ok: true, data: { op: 'send', message, repeated: known !== undefined } };
      });
      if (origin) await bus.reply(origin, { replies });
    }
  });
  return stored;
}

const toMessage = ({ id, roomId, by, content, clientId, threadRoot }: SubmissionOf<'send'>): Message => ({
  ...{ id, roomId, ...by, content, clientId, replyTo: threadRoot ?? null },
  ...{ seq: 1, changedSeq: 1, isEncrypted: false, reactions: [] },
  ...{ createdAt: new Date().toISOString(), editedAt: null, deletedAt: null },
});
