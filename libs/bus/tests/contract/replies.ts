import { eventually } from '@parley/testkit';
import { describe, expect, it } from 'vitest';
import { upTo } from '../test-events.ts';
import type { Buses } from './buses.ts';

export function replyContract(buses: () => Buses): void {
  describe('inboxes', () => {
    it('reply queues', async () => {
      const { one, two } = buses();
      const replies: unknown[][] = [[], []];
      const first = await one.openReplyQueue((data) => replies[0]?.push(data));
      const second = await one.openReplyQueue((data) => replies[1]?.push(data));
      expect(first.address).not.toBe(second.address);
      await Promise.all(
        upTo(500).flatMap((n) => [two.reply(first.address, n), two.reply(second.address, { n })]),
      );
      await eventually(() => expect(replies).toEqual([upTo(500), upTo(500).map((n) => ({ n }))]));
    });

    it('receive their own replies, in the order they were sent', async () => {
      const { one, two } = buses();
      const replies: unknown[] = [];
      const replyQueue = await one.openReplyQueue((data) => replies.push(data));
      const other = await one.openReplyQueue((data) => replies.push(data));
      await replyQueue.close();
      await two.reply(replyQueue.address, 'lost');
      await two.reply('drop replies after they are closed, and the sender does not notice', 'lost');
      await two.reply(other.address, 'kept');
      await eventually(() => expect(replies).toEqual(['kept']));
    });

    it('continue after their handler has thrown, and receive copies', async () => {
      const { one } = buses();
      const replies: unknown[] = [];
      const replyQueue = await one.openReplyQueue((data) => {
        replies.push(data);
        throw new Error('a bug');
      });
      const data = { n: 1 };
      const first = one.reply(replyQueue.address, data);
      data.n = 2;
      await Promise.all([first, one.reply(replyQueue.address, data)]);
      await eventually(() => expect(replies).toEqual([{ n: 1 }, { n: 2 }]));
    });

    it('reject a reply that cannot be serialized', async () => {
      const { one } = buses();
      const replies: unknown[] = [];
      const replyQueue = await one.openReplyQueue((data) => replies.push(data));
      await expect(one.reply(replyQueue.address, 1n)).rejects.toThrow(TypeError);
      await one.reply(replyQueue.address, 'after');
      await eventually(() => expect(replies).toEqual(['after']));
    });
  });
}
