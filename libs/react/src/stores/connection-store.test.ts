import { afterEach, expect, test, vi } from 'vitest';
import { fakeLive } from '../../tests/fake-live.ts';
import { ConnectionStore } from './connection-store.ts';

afterEach(() => void vi.unstubAllGlobals());

test('the connection is offline with the network, is tried anew at once, and returns with it', () => {
  const network = new EventTarget();
  const navigator = { onLine: true };
  vi.stubGlobal('navigator', navigator);
  vi.stubGlobal('addEventListener', network.addEventListener.bind(network));
  vi.stubGlobal('removeEventListener', network.removeEventListener.bind(network));
  const turn = (name: 'online' | 'offline') => {
    navigator.onLine = name === 'online';
    network.dispatchEvent(new Event(name));
  };
  const [reconnect, retryNow] = [vi.fn(), vi.fn()];
  const { live, emit } = fakeLive({}, { reconnect, retryNow });
  const store = new ConnectionStore();
  const stop = store.follow(live);
  expect(store.get()).toEqual({ state: 'connecting' });
  emit('connection', { state: 'online' });

  turn('offline');
  expect(store.get()).toEqual({ state: 'offline' });
  expect(reconnect).toHaveBeenCalledOnce();
  emit('connection', { state: 'offline', reason: 'network', message: 'none', retryInMs: 60_000 });
  expect(store.get()).toMatchObject({ state: 'offline', reason: 'network' });
  emit('connection', { state: 'connecting' });
  expect(store.get()).toEqual({ state: 'offline' });
  // Parley may be on this machine.
  emit('connection', { state: 'online' });
  expect(store.get()).toEqual({ state: 'online' });

  // The gateway is being replaced.
  emit('draining', { reconnectWithinMs: 10_000 });
  expect(store.get()).toEqual({ state: 'online', isDraining: true });
  emit('connection', { state: 'online' });
  expect(store.get()).toEqual({ state: 'online' });

  turn('online');
  expect(retryNow).toHaveBeenCalledOnce();
  stop();
  turn('offline');
  expect(reconnect).toHaveBeenCalledOnce();
});
