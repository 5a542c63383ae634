import { useMemo } from 'react';
import type { TypingUser } from '../stores/typing-store.ts';
import { useParleyStore } from './parley-provider.ts';
import { useReadable } from './use-readable.ts';

export interface UseTyping {
  /** The others who are typing now. */
  users: TypingUser[];
  /** To be called on each key. */
  onInput(): void;
  /** To be called when the input is emptied without sending. */
  onStop(): void;
}

/** The users who are typing in a room, and the signal that this user types. */
export function useTyping(roomId: string): UseTyping {
  const store = useParleyStore().typing.get(roomId);
  const users = useReadable(store);
  return useMemo(() => ({ users, onInput: store.onInput, onStop: store.onStop }), [users, store]);
}
