import { ask, type Bus } from '@parley/bus';
import { type Caller, calls } from '@parley/contracts';
import { AppError } from '@parley/errors';
import type { Writes } from '@parley/timeline';
import { LRUCache } from 'lru-cache';
import type { Memberships } from '../membership/memberships.ts';
import { clientEvent } from './client-event.ts';

export const reactMessage = (deps: { writes: Writes; memberships: Memberships; bus: Bus }) => {
  const located = new LRUCache<string, string>({ max: 20_000 });

  /** Messages in rooms of others appear not to exist. */
  const locate = async (messageId: string, { userId }: Caller): Promise<string> => {
    const roomId = located.get(messageId) ?? (await ask(deps.bus, calls.locateMessage, { messageId })).roomId;
    if (!roomId) throw new AppError('message_not_found');
    located.set(messageId, roomId);
    const { membership } = await deps.memberships.find(roomId, userId);
    if (!membership) throw new AppError('message_not_found');
    return roomId;
  };

  return clientEvent('react_message', async ({ caller }, { roomId: stated, messageId, reaction, on }) => {
    const roomId = stated ?? (await locate(messageId, caller));
    const message = await deps.writes.message(caller, { op: 'react', roomId, messageId, reaction, on });
    return { id: message.id, seq: message.changedSeq, roomId, reactions: message.reactions };
  });
};
