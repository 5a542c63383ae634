import type { ClientEvent } from '@parley/contracts';
import { eventually } from '@parley/testkit';
import { expect } from 'vitest';

/** A polling client by hand, which decides when it polls, and at which gateway. */
export interface PollingClient {
  readonly sid: string;
  /** Where it polls. */
  readonly url: string;
  /** One answer; empty packets (`6`, a ping) count, too. */
  poll(): Promise<string>;
  say(packet: string): Promise<Response>;
  /** Emits, and polls until that is acknowledged. Answers all that came. */
  ask(event: ClientEvent, payload: unknown): Promise<string>;
}

export const pollingPath = '/socket.io/?EIO=4&transport=polling';

/** @param options.through where everything after the handshake is asked; not given: at the same gateway */
export async function openPolling(
  gateway: { url: string },
  token: string,
  { through = gateway }: { through?: { url: string } } = {},
): Promise<PollingClient> {
  const opened = await (await fetch(gateway.url + pollingPath)).text();
  const { sid } = JSON.parse(opened.slice(1)) as { sid: string };
  const url = `${through.url}${pollingPath}&sid=${sid}`;
  const poll = async () => (await fetch(url)).text();
  const say = (body: string) => fetch(url, { method: 'POST', body });
  const pollFor = async (part: string) => {
    let answers = '';
    await eventually(async () => {
      answers += await poll();
      expect(answers).toContain(part);
    });
    return answers;
  };
  await say(`40${JSON.stringify({ token })}`);
  await pollFor('40{"sid"');
  let asked = 0;
  return {
    sid,
    url,
    poll,
    say,
    ask: async (event, payload) => {
      asked += 1;
      await say(`42${asked}${JSON.stringify([event, payload])}`);
      return pollFor(`43${asked}[`);
    },
  };
}
