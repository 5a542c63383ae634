import type { Writes } from '@parley/timeline';
import { clientEvent } from './client-event.ts';

export const deleteMessage = (writes: Writes) =>
  clientEvent('delete_message', async ({ caller }, { roomId, messageId }) => {
    const message = await writes.message(caller, { op: 'delete', roomId, messageId });
    return { id: message.id, seq: message.changedSeq, roomId, deletedAt: message.deletedAt };
  });
