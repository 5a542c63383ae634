import { type ClientContract, clientContract } from '@parley/contracts';
import { type Rate, rate } from '@parley/runtime';
import { z } from 'zod';

/**
 * Messages, edits and reactions of a user in a room, by the client contract of the session; `keys`
 * for programs with a key, whatever their contract.
 */
export type MessageRates = Record<ClientContract | 'keys', Rate | 'off'>;

const name = z.union([clientContract, z.literal('keys'), z.literal('*')]);
/** Enough for a bot that answers everyone in a busy room. */
const defaultForKeys = { limit: 200, windowMs: 10_000 };

/**
 * `5/10s` is the rate of `rooms`, the only contract whose document states a rate. Other contracts
 * have no limit unless named: `rooms=5/10s,direct=20/10s`. `*` stands for all contracts that are
 * not named, `off` for no limit. Keys have `keys=200/10s` unless named.
 */
export const messageRates = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .transform((text, context): MessageRates => {
      const given = new Map<string, Rate | 'off'>();
      for (const part of text.split(',')) {
        const [contract = '', value] = part.includes('=')
          ? part.trim().split('=', 2)
          : ['rooms', part.trim()];
        const parsed = rate('').safeParse(value);
        if (!parsed.success || !name.safeParse(contract).success || given.has(contract)) {
          context.addIssue({
            code: 'custom',
            message: 'write a rate such as 5/10s, off, or rates by contract: rooms=5/10s,*=50/10s',
          });
          return z.NEVER;
        }
        given.set(contract, parsed.data);
      }
      const rates = clientContract.options.map((contract) => [
        contract,
        given.get(contract) ?? given.get('*') ?? 'off',
      ]);
      return {
        ...(Object.fromEntries(rates) as Record<ClientContract, Rate | 'off'>),
        keys: given.get('keys') ?? defaultForKeys,
      };
    });
