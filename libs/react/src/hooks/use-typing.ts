import { useEffect, useMemo } from 'react';
import { type TypingUser, typingIn } from '../stores/typing-store.ts';
import { useParleyStore } from './parley-provider.ts';
import { useSelected } from './use-readable.ts';

export interface UseTyping {
  /** The others who are typing now. */
  users: readonly TypingUser[];
  /** To be called on each key. */
  onInput(): void;
  /** To be called when the input is emptied without sending. */
  onStop(): void;
}

/** The users who are typing in a room, and the signal that this user types. Follows the room. */
export function useTyping(roomId: string): UseTyping {
  const signal = useParleyStore().typingSignal.get(roomId);
  const users = useTypingUsers(roomId);
  useEffect(() => signal.use(), [signal]);
  return useMemo(() => ({ users, onInput: signal.onInput, onStop: signal.onStop }), [users, signal]);
}

/**
 * The others who are typing in a room that is followed already: by `useTyping`, `useMessages` or,
 * for a list, by `useRooms`.
 */
export const useTypingUsers = (roomId: string): readonly TypingUser[] =>
  useSelected(useParleyStore().typing, (typing) => typingIn(typing, roomId));
