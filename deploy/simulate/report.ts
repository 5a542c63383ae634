import { atScale } from './formula.ts';
import type { SimulationResult } from './run-simulation.ts';

const shown = (value: number, digits = 0): string =>
  value.toLocaleString('en', { maximumFractionDigits: digits });

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** In Markdown: what one gateway was counted to use, and what follows for all of them. */
export function simulationReport(result: SimulationResult, users: number): string {
  const { gateways, ...all } = atScale(users);
  const processors = (perSecond: number, us: number) => shown((perSecond * us) / 1e6, 2);
  const counted = result.rows.map(({ part, figure, value, formula }) => [
    ...[part, figure, shown(value), formula === undefined ? '' : shown(formula)],
  ]);
  const redis = all.messages * result.redisUsPerMessage + all.renewals * result.redisUsPerRenewal;
  const bytes = all.channelsOfEach * result.bytesPerRoom + (users / gateways) * result.bytesPerConnection;
  const estimated = [
    ['gateways', shown(gateways)],
    ['messages a second', shown(all.messages)],
    ['deliveries a second', shown(all.deliveries)],
    ['questions about heads a second', shown(all.headQuestions)],
    ['channels of each gateway', shown(all.channelsOfEach)],
    ['tables of each gateway (MB)', shown(bytes / 1e6)],
    ['processors of all gateways, for deliveries', processors(all.deliveries, result.usPerDelivery)],
    ['processors of Redis, without its replicas', processors(1, redis)],
  ];
  return [
    'One gateway, counted:',
    table(['part', 'figure', 'counted', 'formula'], counted),
    `All gateways of ${shown(users)} users at peak, from the formula and these costs:`,
    table(['figure', 'value'], estimated),
  ].join('\n\n');
}
