import { clientEvent } from './client-event.ts';
import type { Writes } from './writes.ts';

export const sendMessage = (writes: Writes) =>
  clientEvent('send_message', async ({ caller }, { roomId, content, clientId = null, replyTo = null, isEncrypted }) => {
    const message = await writes.message(caller, { op: 'send', roomId, content, clientId, replyTo, isEncrypted });
    return { id: message.id, seq: message.seq, roomId, clientId: message.clientId, createdAt: message.createdAt };
  });
