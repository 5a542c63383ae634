import { describe } from 'vitest';
import { onTarget } from '../whole-stack/on-target.ts';
import {
  borrowEmbeddedTarget,
  borrowStackTarget,
  startEmbeddedTarget,
  startStackTarget,
} from '../whole-stack/start-targets.ts';
import type { Target } from '../whole-stack/target.ts';

/**
 * Replays a contract on the embedded start and on the real stack of two gateways. On both, users
 * join an open organization by naming it.
 * @param settings override the usual ones, which turn limits off
 */
export function onBothTargets(
  contract: string,
  define: (target: () => Target) => void,
  settings?: Record<string, string>,
): void {
  describe(`${contract} on the embedded start`, () => {
    define(onTarget(() => (settings ? startEmbeddedTarget({ env: settings }) : borrowEmbeddedTarget())));
  });
  describe(`${contract} on the stack`, () => {
    define(onTarget(() => (settings ? startStackTarget(settings) : borrowStackTarget())));
  });
}
