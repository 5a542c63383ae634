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
 * Replays a contract on the embedded start and on the real stack of two gateways. In both, naming an open organization is enough to join it.
 * @param settings over the usual ones, which take the limits off
 */
export function onBothTargets(
  family: string,
  define: (target: () => Target) => void,
  settings?: Record<string, string>,
): void {
  describe(`${family} on the embedded start`, () => {
    define(onTarget(() => (settings ? startEmbeddedTarget({ env: settings }) : borrowEmbeddedTarget())));
  });
  describe(`${family} on the stack`, () => {
    define(onTarget(() => (settings ? startStackTarget(settings) : borrowStackTarget())));
  });
}
