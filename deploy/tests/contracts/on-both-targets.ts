import { describe } from 'vitest';
import { onTarget } from '../whole-stack/on-target.ts';
import { borrowEmbeddedTarget, borrowStackTarget } from '../whole-stack/start-targets.ts';
import type { Target } from '../whole-stack/target.ts';

/**
 * Replays a contract on the embedded start and on the real stack of two gateways. On both, users
 * join an open organization by naming it.
 */
export function onBothTargets(contract: string, define: (target: () => Target) => void): void {
  describe(`${contract} on the embedded start`, () => {
    define(onTarget(borrowEmbeddedTarget));
  });
  onStack(contract, define);
}

/**
 * Replays a contract on the real stack alone, where services lag behind each other most. For REST
 * calls, whose handlers are the same on the embedded start. Their examples and the Postman
 * collection run there.
 */
export function onStack(contract: string, define: (target: () => Target) => void): void {
  describe(`${contract} on the stack`, () => {
    define(onTarget(borrowStackTarget));
  });
}
