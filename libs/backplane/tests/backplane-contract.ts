import { newId } from '@parley/runtime';
import { eventually } from '@parley/testkit';
import { describe, expect, test } from 'vitest';
import type { Backplane, BackplaneMessage } from '../src/backplane.ts';
import { roomKey } from '../src/keys.ts';

interface Arrival {
  keys: readonly string[];
  message: BackplaneMessage;
}
export interface Node {
  backplane: Backplane;
  arrivals: Arrival[];
}

/**
 * The guarantees of every `Backplane`.
 * @param open opens connected gateways' backplanes, each recording what arrives
 */
export function backplaneContract(name: string, open: () => Promise<[Node, ...Node[]]>): void {
  const status = (username: string): BackplaneMessage => ({
    event: 'user_status',
    data: { userId: newId(), username, status: 'online', timestamp: new Date().toISOString() },
  });

  describe(name, () => {
    test('a published message reaches its own gateway at once and once, subscribed or not', async () => {
      const [{ backplane, arrivals }] = await open();
      const [key, message] = [roomKey(newId()), status('ada')];
      void backplane.publish([key], message);
      expect(arrivals).toEqual([{ keys: [key], message }]);
      await backplane.subscribe([key]);
      await backplane.publish([key], message);
      await backplane.publish([key, roomKey(newId())], message);
      expect(arrivals).toHaveLength(3);
    });

    test('messages reach exactly the gateways subscribed to their key, once and in order', async () => {
      const [first, ...others] = await open();
      const [key, unsubscribed] = [roomKey(newId()), roomKey(newId())];
      for (const { backplane } of others) await backplane.subscribe([key]);
      const messages = Array.from({ length: 50 }, (_, index) => status(`${index}`));
      for (const message of messages) void first.backplane.publish([key], message);
      await first.backplane.publish([unsubscribed], status('nobody'));
      const end = status('the end');
      // Order is guaranteed per key. Messages of another key may come through another Redis node.
      await first.backplane.publish([key], end);
      for (const { arrivals } of others) {
        await eventually(() => expect(arrivals.at(-1)?.message).toEqual(end));
        expect(arrivals).toEqual([...messages, end].map((message) => ({ keys: [key], message })));
      }
    });

    test('a message for many keys arrives once on every gateway, with all its keys', async () => {
      const [first, ...others] = await open();
      const keys: [string, string, string] = [roomKey(newId()), roomKey(newId()), roomKey(newId())];
      for (const { backplane } of others) await backplane.subscribe(keys);
      await first.backplane.publish(keys, status('ada'));
      for (const { arrivals } of others)
        await eventually(() => expect(arrivals.map((arrival) => arrival.keys)).toEqual([keys]));
    });

    test('messages for an unsubscribed key do not arrive', async () => {
      const [first, ...others] = await open();
      const [key, last] = [roomKey(newId()), roomKey(newId())];
      for (const { backplane } of others) {
        await backplane.subscribe([key]);
        backplane.unsubscribe(key);
        await backplane.subscribe([last]);
      }
      await first.backplane.publish([key], status('ada'));
      await first.backplane.publish([last], status('the end'));
      for (const { arrivals } of others)
        await eventually(() => expect(arrivals.map((arrival) => arrival.keys)).toEqual([[last]]));
    });
  });
}
