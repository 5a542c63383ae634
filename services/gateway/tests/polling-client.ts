import type { ClientEvent } from '@parley/contracts';
import { eventually } from '@parley/testkit';
import { expect } from 'vitest';

/** A hand-written polling client that chooses when and at which gateway it polls. */
export interface PollingClient {
  readonly sid: string;
  /** The URL that it polls. */
  readonly url: string;
  /** Answers one poll, which may contain only a ping or noop. */
  poll(): Promise<string>;
  send(packet: string): Promise<Response>;
  /** Emits, and polls until the acknowledgement. Answers everything received. */
  ask(event: ClientEvent, payload: unknown): Promise<string>;
}

export const pollingPath = '/socket.io/?EIO=4&transport=polling';

/**
 * @param options.through the gateway for everything after the handshake; by default the same one
 */
export async function openPolling(
  gateway: { url: string },
  token: string,
  { through = gateway }: { through?: { url: string } } = {},
): Promise<PollingClient> {
  const opened = await (await fetch(gateway.url + pollingPath)).text();
  const { sid } = JSON.parse(opened.slice(1)) as { sid: string };
  const url = `${through.url}${pollingPath}&sid=${sid}`;
  const poll = async () => (await fetch(url)).text();
  const send = (body: string) => fetch(url, { method: 'POST', body });
  const pollFor = async (part: string) => {
    let answers = '';
    await eventually(async () => {
      answers += await poll();
      expect(answers).toContain(part);
    });
    return answers;
  };
  await send(`40${JSON.stringify({ token })}`);
  await pollFor('40{"sid"');
  let asked = 0;
  return {
    sid,
    url,
    poll,
    send,
    ask: async (event, payload) => {
      asked += 1;
      await send(`42${asked}${JSON.stringify([event, payload])}`);
      return pollFor(`43${asked}[`);
    },
  };
}
