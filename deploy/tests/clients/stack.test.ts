import { describe, expect, test } from 'vitest';
import { roomsCast } from '../contracts/rooms-cast.ts';
import { roomsLimits } from '../contracts/rooms-limits.ts';
import { onTarget } from '../whole-stack/on-target.ts';
import { type StackTarget, startStackTarget } from '../whole-stack/start-targets.ts';
import { clientSettings, publishedClients } from './client-suites.ts';

describe('published kinds of client, on two gateways without session affinity', () => {
  const target = onTarget(() => startStackTarget(clientSettings, ['--no-affinity']));
  publishedClients(target);
  roomsLimits(roomsCast(target));

  // Runs last, because it counts the connections of the other tests.
  test('gateways forwarded polls, sends and upgrades of these clients, and lost none', async () => {
    for (const gateway of target().gateways) {
      const forwards = await forwardsOf(target(), gateway);
      for (const kind of ['poll', 'send', 'upgrade']) expect(forwards).toContain(`${kind} done`);
      const lost = forwards.filter((one) => /gone|busy|late|failed/.test(one));
      expect(lost).toEqual([]);
    }
  });
});

/** The results of a gateway's forwards, from its metrics. */
async function forwardsOf(target: StackTarget, gateway: string): Promise<string[]> {
  const text = await target.metricsOf(gateway);
  const counted = /^parley_gateway_forwards_total\{(?=.*kind="(\w+)")(?=.*outcome="(\w+)").*\} [1-9]/gm;
  return [...text.matchAll(counted)].map(([, kind, outcome]) => `${kind} ${outcome}`);
}
