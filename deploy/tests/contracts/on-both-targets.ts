import { afterAll, beforeAll, describe } from 'vitest';
import { startEmbeddedTarget, startStackTarget } from '../whole-stack/start-targets.ts';
import type { Target } from '../whole-stack/target.ts';

/**
 * Replays a contract on the embedded start and on the real stack of two gateways. In both, naming an open organization is enough to join it.
 * @param settings over those that take the limits off
 */
export function onBothTargets(
  contract: string,
  define: (target: () => Target) => void,
  settings: Record<string, string> = {},
): void {
  const env = { ORG_JOIN_POLICY: 'open', ...settings };
  const targets = {
    'the embedded start': () => startEmbeddedTarget({ env }),
    'the stack': () => startStackTarget(env),
  };
  for (const [name, start] of Object.entries(targets)) {
    describe(`${contract} on ${name}`, () => {
      let target: Target | undefined;
      beforeAll(async () => {
        target = await start();
      });
      afterAll(() => target?.stop());
      define(() => {
        if (!target) throw new Error('the target has not started');
        return target;
      });
    });
  }
}
