import type { HookPayload } from '@parley/contracts';
import { eventually } from '@parley/testkit';
import { expect } from 'vitest';
import type { Hooks } from './hooks-harness.ts';
import type { Behaviour, Received } from './receiver.ts';
import { person } from './world.ts';

export const ada = person('ada');
export const bob = person('bob');
let paths = 0;

/** A room of Ada and Bob with a webhook of hers. */
export async function sceneIn(hooks: Hooks, body: Record<string, unknown> = {}) {
  hooks.world.known(ada);
  const path = `/${++paths}`;
  const roomId = hooks.world.room([ada, bob]);
  const { hook, secret } = await hooks.create(ada, path, { rooms: [roomId], ...body });
  const { world, receiver } = hooks;
  return {
    path,
    roomId,
    hook,
    secret,
    behave: (behaviour: Behaviour | ((received: Received) => Behaviour)) =>
      receiver.behaviours.set(path, typeof behaviour === 'function' ? behaviour : () => behaviour),
    received: () => receiver.at(path),
    ids: () => receiver.at(path).map(({ headers }) => headers['webhook-id']),
    write: (content: string, by = bob) => world.write(roomId, by, content),
    /** Resolves when the webhook has delivered everything. */
    delivered: () =>
      eventually(async () => {
        const { rooms } = await hooks.must(ada, 'GET', `/${hook.id}/lag`);
        expect(rooms).toMatchObject([{ seq: world.headOf(roomId), nextAttemptAt: null }]);
      }),
    contents: () => receiver.handled(path).flatMap(contentsOf),
  };
}

const contentsOf = ({ changes }: HookPayload['data']) =>
  changes.map((change) => (change.kind === 'message' ? change.message.content : change.kind));

/**
 * Each delivery continues where the one before it ended, and the last one ends at the head. By the
 * documented rule, each message is new once, before it changes.
 */
export function expectChain(deliveries: readonly HookPayload['data'][], from: number, head: number): void {
  expect(deliveries.map(({ after }) => after)).toEqual([
    from,
    ...deliveries.slice(0, -1).map(({ seq }) => seq),
  ]);
  expect(deliveries.at(-1)?.seq).toBe(head);
  const known = new Set<string>();
  for (const { after, seq, changes } of deliveries) {
    for (const change of changes) {
      if (change.kind !== 'message') continue;
      const { message } = change;
      const told = { seq: message.seq, after, isKnown: known.has(message.id) };
      expect(told).toEqual({ ...told, isKnown: message.seq <= after });
      expect(message.seq).toBeLessThanOrEqual(seq);
      known.add(message.id);
    }
  }
}
