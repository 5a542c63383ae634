import type { Writes } from '@parley/timeline';
import { clientEvent } from './client-event.ts';

export const editMessage = (writes: Writes) =>
  clientEvent('edit_message', async ({ caller }, { roomId, messageId, content }) => {
    const message = await writes.message(caller, { op: 'edit', roomId, messageId, content });
    return { id: message.id, seq: message.changedSeq, roomId, editedAt: message.editedAt };
  });
