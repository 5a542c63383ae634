import type { Message } from '@parley/client';
import { createContext, useContext } from 'react';
import type { Originals } from './message/originals.ts';

/** Shared by all rows. The object changes rarely, because each change renders all of them. */
export interface RoomContext {
  roomId: string;
  ownId: string;
  ownName: string;
  /** Whether the reader may write, react and reply. */
  canWrite: boolean;
  /** Whether the reader may delete messages of others. */
  canModerate: boolean;
  originals: Originals;
  reply(message: Message): void;
  edit(message: Message): void;
  /** Asks first. */
  remove(message: Message): void;
  react(message: Message, reaction: string, on: boolean): void;
  copyLink(message: Message): void;
  /** Scrolls to the message with that number, and loads it if necessary. */
  jumpTo(seq: number): void;
  retry(clientId: string): void;
  discard(clientId: string): void;
}

const Context = createContext<RoomContext | null>(null);
export const RoomContextProvider = Context.Provider;

export function useRoomContext(): RoomContext {
  const context = useContext(Context);
  if (!context) throw new Error('useRoomContext needs a RoomContextProvider');
  return context;
}
