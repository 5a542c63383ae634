import { newId } from '@parley/runtime';
import { eventually } from '@parley/testkit';
import { describe, expect, test } from 'vitest';
import type { Backplane, BackplaneMessage } from '../src/backplane/backplane.ts';
import { roomKey } from '../src/subscriptions/keys.ts';

interface Arrival {
  keys: readonly string[];
  message: BackplaneMessage;
}
export interface Node {
  backplane: Backplane;
  arrivals: Arrival[];
}

/** What every `Backplane` promises. @param open the gateways of one fleet, each noting what arrives */
export function backplaneContract(name: string, open: () => Promise<[Node, ...Node[]]>): void {
  const status = (username: string): BackplaneMessage => ({
    event: 'user_status',
    data: { userId: newId(), username, status: 'online', timestamp: new Date().toISOString() },
  });

  describe(name, () => {
    test('what is published is here at once, heard or not, and just once', async () => {
      const [{ backplane, arrivals }] = await open();
      const [key, message] = [roomKey(newId()), status('ada')];
      void backplane.publish([key], message);
      expect(arrivals).toEqual([{ keys: [key], message }]);
      await backplane.subscribe(key);
      await backplane.publish([key], message);
      await backplane.publish([key, roomKey(newId())], message);
      expect(arrivals).toHaveLength(3);
    });

    test('every other gateway that hears a key gets its messages, once and in order; the others do not', async () => {
      const [first, ...others] = await open();
      const [key, unsubscribed] = [roomKey(newId()), roomKey(newId())];
      for (const { backplane } of others) await backplane.subscribe(key);
      const messages = Array.from({ length: 50 }, (_, index) => status(`${index}`));
      for (const message of messages) void first.backplane.publish([key], message);
      await first.backplane.publish([unsubscribed], status('nobody'));
      const end = status('the end');
      // Order is promised for a key: another's messages may come by another node of Redis.
      await first.backplane.publish([key], end);
      for (const { arrivals } of others) {
        await eventually(() => expect(arrivals.at(-1)?.message).toEqual(end));
        expect(arrivals).toEqual([...messages, end].map((message) => ({ keys: [key], message })));
      }
    });

    test('a message for many keys arrives everywhere once, with all of them', async () => {
      const [first, ...others] = await open();
      const keys: [string, string, string] = [roomKey(newId()), roomKey(newId()), roomKey(newId())];
      for (const { backplane } of others) for (const key of keys) await backplane.subscribe(key);
      await first.backplane.publish(keys, status('ada'));
      for (const { arrivals } of others)
        await eventually(() => expect(arrivals.map((arrival) => arrival.keys)).toEqual([keys]));
    });

    test('what is no longer heard does not arrive', async () => {
      const [first, ...others] = await open();
      const [key, last] = [roomKey(newId()), roomKey(newId())];
      for (const { backplane } of others) {
        await backplane.subscribe(key);
        backplane.unsubscribe(key);
        await backplane.subscribe(last);
      }
      await first.backplane.publish([key], status('ada'));
      await first.backplane.publish([last], status('the end'));
      for (const { arrivals } of others)
        await eventually(() => expect(arrivals.map((arrival) => arrival.keys)).toEqual([[last]]));
    });
  });
}
