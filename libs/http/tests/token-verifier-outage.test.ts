import { answer, RabbitBus } from '@parley/bus';
import { calls } from '@parley/contracts';
import { createLogger, newId } from '@parley/runtime';
import { eventually, startTcpProxy, testNamespace, testServices } from '@parley/testkit';
import { expect, test } from 'vitest';
import { TokenVerifier } from '../src/index.ts';

test('sessions revoked during a broker outage are loaded as soon as auth answers again', async () => {
  const namespace = testNamespace();
  const warnings: string[] = [];
  const logger = createLogger({
    service: 'test',
    level: 'warn',
    destination: { write: (line) => void warnings.push(line) },
  });
  const proxy = await startTcpProxy(testServices().amqpUrl);
  const auths = await RabbitBus.connect({ url: testServices().amqpUrl, namespace, logger });
  const ours = await RabbitBus.connect({ url: proxy.url, namespace, logger });
  try {
    const verifier = new TokenVerifier({ bus: ours, clock: Date.now, logger });
    await verifier.start();
    const ended: [string, string][] = [];
    verifier.onRevoked((sessionId, reason) => ended.push([sessionId, reason]));
    proxy.block();
    proxy.unblock();
    const failures = () => warnings.filter((line) => line.includes('could not be loaded')).length;
    await eventually(() => expect(failures()).toBeGreaterThan(2));
    const sessionId = newId();
    const until = new Date(Date.now() + 60_000).toISOString();
    await answer(auths, calls.getVerificationState, async () => ({
      keys: [],
      revoked: [{ sessionId, until }],
    }));
    await eventually(() => expect(ended).toEqual([[sessionId, 'revoked']]), { timeoutMs: 1_000 });
  } finally {
    await Promise.all([auths.close(), ours.close()]);
    proxy.close();
  }
});
