import { expect, it, vi } from 'vitest';
import { fakeLive } from '../../tests/fake-live.ts';
import { TypingSignal } from './typing-signal.ts';
import { TypingStore, typingIn } from './typing-store.ts';

const bob = { userId: 'bob', username: 'bob' };

it('shows who types in each room, until they send, leave or give no more signals', () => {
  vi.useFakeTimers();
  try {
    const { login, emit, followed } = fakeLive({});
    const store = new TypingStore(login);
    const stop = store.subscribe(() => undefined);
    const types = (roomId: string, isTyping = true, user = bob) =>
      emit('typing', { roomId, ...user, isTyping });
    const users = (roomId: string) => typingIn(store.get(), roomId).map(({ userId }) => userId);
    types('garden');
    types('kitchen');
    types('garden', true, { userId: 'ada', username: 'ada' });
    expect([users('garden'), users('kitchen'), users('shed')]).toEqual([['bob'], ['bob'], []]);
    const before = typingIn(store.get(), 'garden');
    emit('message', { roomId: 'kitchen', ...bob });
    expect([users('garden'), users('kitchen')]).toEqual([['bob'], []]);
    expect(typingIn(store.get(), 'garden')).toBe(before);
    vi.advanceTimersByTime(4_000);
    types('garden');
    vi.advanceTimersByTime(4_000);
    expect(users('garden')).toEqual(['bob']);
    vi.advanceTimersByTime(4_000);
    expect(store.get().size).toBe(0);
    // A list may show more rooms than a connection may follow.
    expect(followed).toEqual([]);
    stop();
  } finally {
    vi.useRealTimers();
  }
});

it('the signal of the user is repeated while they type, and ends after a pause or a message', () => {
  vi.useFakeTimers();
  try {
    const sent: boolean[] = [];
    const typing = async (_: string, isTyping: boolean) => void sent.push(isTyping);
    const { login, emit, followed } = fakeLive({}, { typing });
    const signal = new TypingSignal(login, 'garden');
    signal.onInput();
    const stop = signal.use();
    expect([sent, followed]).toEqual([[], ['garden']]);
    for (let second = 0; second < 5; second++) {
      signal.onInput();
      vi.advanceTimersByTime(1_000);
    }
    expect(sent.splice(0)).toEqual([true, true]);
    vi.advanceTimersByTime(3_000);
    expect(sent.splice(0)).toEqual([false]);
    signal.onInput();
    emit('message', { roomId: 'garden', userId: 'ada', username: 'ada' });
    vi.advanceTimersByTime(5_000);
    expect(sent).toEqual([true]);
    stop();
  } finally {
    vi.useRealTimers();
  }
});
