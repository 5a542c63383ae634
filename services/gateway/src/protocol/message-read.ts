import type { Writes } from '@parley/timeline';
import { clientEvent } from './client-event.ts';

export const messageRead = (writes: Writes) =>
  clientEvent('message_read', async ({ caller }, { roomId, messageId = null }) => {
    const { seq, readAt } = await writes.read(caller, { op: 'read', roomId, messageId });
    return { roomId, seq, readAt };
  });
