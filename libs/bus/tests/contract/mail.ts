import { eventually } from '@parley/testkit';
import { describe, expect, it } from 'vitest';
import type { Buses } from '../bus-contract.ts';
import { upTo } from '../test-events.ts';

export function mailContract(buses: () => Buses): void {
  describe('inboxes', () => {
    it('get their own mail, in the order it was posted', async () => {
      const { one, two } = buses();
      const mail: unknown[][] = [[], []];
      const first = await one.openInbox((data) => mail[0]?.push(data));
      const second = await one.openInbox((data) => mail[1]?.push(data));
      expect(first.address).not.toBe(second.address);
      await Promise.all(upTo(500).flatMap((n) => [two.post(first.address, n), two.post(second.address, { n })]));
      await eventually(() => expect(mail).toEqual([upTo(500), upTo(500).map((n) => ({ n }))]));
    });

    it('drop what comes after they are closed, without harm to the sender', async () => {
      const { one, two } = buses();
      const mail: unknown[] = [];
      const inbox = await one.openInbox((data) => mail.push(data));
      const other = await one.openInbox((data) => mail.push(data));
      await inbox.close();
      await two.post(inbox.address, 'lost');
      await two.post('no such address', 'lost');
      await two.post(other.address, 'kept');
      await eventually(() => expect(mail).toEqual(['kept']));
    });

    it('go on after their handler has thrown, and get copies', async () => {
      const { one } = buses();
      const mail: unknown[] = [];
      const inbox = await one.openInbox((data) => {
        mail.push(data);
        throw new Error('a bug');
      });
      const data = { n: 1 };
      const first = one.post(inbox.address, data);
      data.n = 2;
      await Promise.all([first, one.post(inbox.address, data)]);
      await eventually(() => expect(mail).toEqual([{ n: 1 }, { n: 2 }]));
    });

    it('cannot be posted what is no data: rejected', async () => {
      const { one } = buses();
      const mail: unknown[] = [];
      const inbox = await one.openInbox((data) => mail.push(data));
      await expect(one.post(inbox.address, 1n)).rejects.toThrow(TypeError);
      await one.post(inbox.address, 'after');
      await eventually(() => expect(mail).toEqual(['after']));
    });
  });
}
