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
  /** Whether the reader may pin messages. */
  canPin: boolean;
  originals: Originals;
  /** The message that begins the thread, whose replies need no quote of it; absent in a room. */
  threadRoot?: string | undefined;
  reply(message: Message): void;
  /** Shows the thread of the message beside the room; absent in a thread. */
  openThread?: ((message: Message) => void) | undefined;
  edit(message: Message): void;
  /** Asks first. */
  remove(message: Message): void;
  react(message: Message, reaction: string, on: boolean): void;
  pin(message: Message, on: boolean): void;
  /** Keeps it among the messages that the reader has saved. */
  save(message: Message, on: boolean): void;
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
