import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ChatUser } from '../whole-stack/chat-user.ts';
import { borrowStackTarget, startEmbeddedTarget } from '../whole-stack/start-targets.ts';
import type { Target } from '../whole-stack/target.ts';
import { attacks } from './attacks.ts';
import { Bystander } from './bystander.ts';

/** The defaults of the limits that attacks run into; the rest stays as in other tests. */
const usualRates = {
  SOCKET_EVENT_RATE: '50/s',
  API_RATE: '3000/m',
  LOGIN_RATE: '60/m',
  PASSWORD_RATE: '30/h',
  BCRYPT_COST: '10',
};
/**
 * How much longer than undisturbed the bystander may wait. A slow machine meets it; every attack
 * used to take the system several seconds and more.
 */
const maxFactor = 10;
const marginMs = 1_500;
/** An attack that harms the system does so every time; a busy machine does not. */
const attempts = 3;

const targets = [
  {
    name: 'the embedded start',
    start: (): Promise<Target> => startEmbeddedTarget({ env: usualRates }),
    hasRates: true,
  },
  { name: 'two gateways', start: (): Promise<Target> => borrowStackTarget(), hasRates: false },
];

describe.each(targets)(
  'on $name, a bystander waits no longer than usual during',
  ({ name, start, hasRates }) => {
    let target: Target;
    let bystander: Bystander;
    let undisturbedMs: number;
    const undisturbed = () => bystander.longestWait(async () => undefined);
    const report: string[] = [];

    beforeAll(async () => {
      target = await start();
      bystander = await Bystander.join(target);
      // The first turns warm the system up.
      await undisturbed();
      undisturbedMs = await undisturbed();
    });
    afterAll(async () => {
      console.info(`Longest wait of a bystander on ${name}, in ms: undisturbed ${undisturbedMs.toFixed()}`);
      for (const line of report) console.info(`  ${line}`);
      bystander?.user.close();
      await target?.stop();
    });

    test.each(attacks.filter(({ needsRates }) => hasRates || !needsRates))('$name', async ({ name, run }) => {
      for (let attempt = 1; ; attempt++) {
        const attacker = await ChatUser.register(target.url, 'attacker');
        const waitedMs = await bystander.longestWait(() => run(target, attacker));
        attacker.close();
        report.push(`${waitedMs.toFixed().padStart(6)}  ${name}`);
        const limitMs = maxFactor * undisturbedMs + marginMs;
        if (attempt === attempts) expect(waitedMs).toBeLessThan(limitMs);
        if (waitedMs < limitMs) return;
        undisturbedMs = await undisturbed();
      }
    });

    test('/metrics, which the public address does not serve', async () => {
      for (const path of ['/metrics', '/Metrics', '/metrics/'])
        expect([path, (await fetch(target.url + path)).status]).toEqual([path, 404]);
    });
  },
);
