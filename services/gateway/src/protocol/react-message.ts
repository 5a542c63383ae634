import { clientEvent } from './client-event.ts';
import type { Writes } from './writes.ts';

export const reactMessage = (writes: Writes) =>
  clientEvent('react_message', async ({ caller }, { roomId, messageId, reaction, on }) => {
    const message = await writes.message(caller, { op: 'react', roomId, messageId, reaction, on });
    return { id: message.id, seq: message.changedSeq, roomId, reactions: message.reactions };
  });
