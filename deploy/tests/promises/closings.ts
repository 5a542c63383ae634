import type { StackTarget } from '../whole-stack/start-targets.ts';

/** How many connections a gateway has closed since its start, by reason. */
export async function closings(target: StackTarget, gateway: string): Promise<Record<string, number>> {
  const text = await target.metricsOf(gateway);
  return Object.fromEntries(
    [...text.matchAll(/gateway_closings_total\{reason="(\w+)"\} (\d+)/g)].map(([, reason = '', count]) => [
      reason,
      Number(count),
    ]),
  );
}
