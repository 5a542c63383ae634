import { afterEach, beforeEach, describe } from 'vitest';
import type { Buses } from './contract/buses.ts';
import { callContract } from './contract/calls.ts';
import { confirmationContract } from './contract/confirmations.ts';
import { consumeContract } from './contract/consume.ts';
import { failureContract } from './contract/failures.ts';
import { listenContract } from './contract/listen.ts';
import { memberContract } from './contract/members.ts';
import { replyContract } from './contract/replies.ts';

/** The guarantees for events, which wait in durable queues. */
export const eventContracts = [consumeContract, confirmationContract, memberContract, failureContract];
const allContracts = [...eventContracts, listenContract, callContract, replyContract];

/** The guarantees of every implementation of `Bus`. Each test has its own bus. */
export function busContract(
  name: string,
  makeBuses: () => Promise<Buses>,
  contracts: readonly ((buses: () => Buses) => void)[] = allContracts,
): void {
  describe(name, () => {
    let buses: Buses | undefined;
    beforeEach(async () => {
      buses = await makeBuses();
    });
    afterEach(async () => {
      await Promise.all([buses?.one.close(), buses?.two.close()]);
      buses = undefined;
    });
    const current = (): Buses => {
      if (!buses) throw new Error('A bus exists only during a test');
      return buses;
    };
    for (const contract of contracts) contract(current);
  });
}
