import type { Account } from '@parley/client';
import { beforeEach, expect, test, vi } from 'vitest';
import { memoryStorage } from '../../../tests/memory-storage.ts';
import { forgetDrafts, loadDraft, saveDraft } from './drafts.ts';
import { keepDraft } from './keep-draft.ts';

const roomId = 'garden';
const pauseMs = 1_500;
const stops: (() => void)[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('localStorage', memoryStorage());
  forgetDrafts(true);
  return () => {
    for (const stop of stops.splice(0)) stop();
    vi.useRealTimers();
    vi.unstubAllGlobals();
  };
});

/** An account at the server, with the copies that its devices have of it. */
function createServer() {
  let stored = { seq: 0, content: '' };
  const copies = new Set<{ online: boolean; known: typeof stored; tell(): void }>();
  const publish = () => {
    for (const copy of copies) if (copy.online) copy.tell();
  };
  const device = (name: string) => {
    const listeners = new Set<() => void>();
    const copy = {
      online: true,
      known: stored,
      tell: () => {
        copy.known = stored;
        for (const listener of listeners) listener();
      },
    };
    copies.add(copy);
    const account = {
      draft: () => ({ content: copy.known.content }),
      putDraft: async (_: string, content: string) => {
        const ifSeq = copy.known.seq;
        await Promise.resolve();
        if (!copy.online) throw new Error('offline');
        const isStored = ifSeq === stored.seq;
        if (isStored) stored = { seq: stored.seq + 1, content };
        copy.tell();
        publish();
        return { stored: isStored };
      },
      onChange: (listener: () => void) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    } as unknown as Account;
    const stop = keepDraft(account, name, roomId);
    stops.push(stop);
    return {
      stop,
      type: (text: string) => saveDraft(name, roomId, { ...loadDraft(name, roomId), text }),
      text: () => loadDraft(name, roomId).text,
      setOnline: (online: boolean) => {
        copy.online = online;
        if (online) copy.tell();
      },
    };
  };
  return { device, content: () => stored.content };
}
const pass = (ms = pauseMs) => vi.advanceTimersByTimeAsync(ms);

test('a draft is the same on all devices after a pause, and goes at once when it is sent', async () => {
  const { device, content } = createServer();
  const [phone, tablet] = [device('phone'), device('tablet')];
  phone.type('Dear');
  await pass(pauseMs - 1);
  phone.type('Dear all');
  await pass();
  expect([content(), tablet.text()]).toEqual(['Dear all', 'Dear all']);
  tablet.type('');
  await pass(0);
  expect([content(), phone.text()]).toEqual(['', '']);
});

test('a text that changes while an earlier one is being stored is kept as it is then', async () => {
  const { device, content } = createServer();
  const phone = device('phone');
  phone.type('Dear all');
  vi.advanceTimersByTime(pauseMs);
  phone.type('Dear');
  await pass();
  expect([phone.text(), content()]).toEqual(['Dear', 'Dear']);
  phone.type('Dear Bob');
  vi.advanceTimersByTime(pauseMs);
  phone.type('');
  await pass();
  expect([phone.text(), content()]).toEqual(['', '']);
});

test('two devices that have both changed a draft, one of them offline, keep both texts', async () => {
  const { device, content } = createServer();
  const [phone, tablet] = [device('phone'), device('tablet')];
  phone.type('Dear all');
  await pass();
  tablet.setOnline(false);
  tablet.type('Dear Bob');
  phone.type('Dear Eve');
  await pass(3 * pauseMs);
  expect([content(), tablet.text()]).toEqual(['Dear Eve', 'Dear Bob']);
  tablet.setOnline(true);
  await pass(3 * pauseMs);
  const both = 'Dear Eve\nDear Bob';
  expect([content(), phone.text(), tablet.text()]).toEqual([both, both, both]);
});

test('a room that is left stores its draft, and a device that comes later has it', async () => {
  const { device, content } = createServer();
  const phone = device('phone');
  phone.type('Dear all');
  phone.stop();
  await pass(0);
  expect(content()).toBe('Dear all');
  expect(device('tablet').text()).toBe('Dear all');
});
