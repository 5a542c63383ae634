import type { MeasuredPhase } from '../measure/measured-phase.ts';
import { type TargetName, targetNames, titles } from '../targets/target.ts';
import { divide, judge } from './goals.ts';
import { type Measure, measures } from './measures.ts';
import { complaintsOf, medianOf, phasesOf, type Results } from './results.ts';

/** The whole result in Markdown: goals, numbers, ratios, CPU time by part, and faults. */
export function reportOf(results: Results): string {
  const measured = targetNames.filter((name) =>
    results.runs.some((run) => Object.keys(run[name] ?? {}).length > 0),
  );
  return [
    heading(results),
    goalsTable(results),
    numbersTable(results, measured),
    ratiosTable(results),
    costTable(results, measured),
    correctness(results, measured),
  ].join('\n\n');
}

function heading({ at, mode, machine, seconds, runs }: Results): string {
  const memory = Math.round(machine.memoryBytes / 2 ** 30);
  const processors = `${machine.processors} processors (${machine.model})`;
  const when = `Measured ${at.slice(0, 10)}, ${mode}, in ${seconds} s`;
  const where = `on ${processors}, ${memory} GiB, Node ${machine.node}`;
  return `${when}, ${where}.\nEach figure is the median of ${runs.length} alternating runs.`;
}

function goalsTable(results: Results): string {
  const verdict = (ratio: number | undefined, met: boolean) =>
    ratio === undefined ? 'not measured' : met ? 'met' : '**not met**';
  const rows = judge(results).map(({ title, goal, ratio, met }) => [
    title,
    goal,
    times(ratio),
    verdict(ratio, met),
  ]);
  return table(['goal', 'ratio wanted', 'measured', ''], rows);
}

function numbersTable(results: Results, measured: readonly TargetName[]): string {
  const rows = measures.map((measure) => [
    `${measure.title} (${measure.unit})`,
    ...measured.map((name) => shown(medianOf(results, (of) => measure.of(of(name))))),
  ]);
  return table(['', ...measured.map((name) => titles[name])], rows);
}

const comparisons: readonly [TargetName, TargetName][] = [
  ['parley', 'floor'],
  ['parley', 'hub'],
  ['parley', 'hubs'],
  ['parley', 'simple'],
  ['embedded', 'hub'],
  ['embedded', 'simple'],
  ['simple', 'hub'],
];

function ratiosTable(results: Results): string {
  const ratio = (measure: Measure, [one, other]: readonly [TargetName, TargetName]) =>
    medianOf(results, (of) => divide(measure.of(of(one)), measure.of(of(other))));
  const rows = measures.map((measure) => [
    `${measure.title} (${measure.better} is better)`,
    ...comparisons.map((pair) => times(ratio(measure, pair))),
  ]);
  return table(['ratio', ...comparisons.map(([one, other]) => `${titles[one]} / ${titles[other]}`)], rows);
}

const phasesWithCost = ['rooms of 10', 'room of 100', '300/s'];

/** CPU time per delivery by part, in the closed loops and at 300 messages per second. */
function costTable(results: Results, measured: readonly TargetName[]): string {
  const rows = measured.flatMap((name) =>
    phasesWithCost.flatMap((phase) => {
      const median = (figure: (phase: MeasuredPhase) => number | undefined) =>
        medianOf(results, (of) => {
          const found = phasesOf(of(name)).find(([title]) => title === phase);
          return found && figure(found[1]);
        });
      const busy = median(({ generatorBusy }) => generatorBusy);
      if (busy === undefined) return [];
      const costs = partsOf(results, name).map(
        (part) => [part, median((measured) => measured.cpuMicrosPerDeliveryByPart[part]) ?? 0] as const,
      );
      const shownCosts = costs
        .filter(([, micros]) => micros >= 0.05)
        .sort(([, one], [, other]) => other - one)
        .map(([part, micros]) => `${part} ${shown(micros)}`);
      return [[`${titles[name]}, ${phase}`, shownCosts.join(', '), `${Math.round(busy * 100)} %`]];
    }),
  );
  return table(['', 'CPU per delivery by part (µs)', 'generator, of one processor'], rows);
}

function partsOf({ runs }: Results, name: TargetName): string[] {
  const phases = runs.flatMap((run) => phasesOf(run[name] ?? {}));
  return [...new Set(phases.flatMap(([, { cpuMicrosPerDeliveryByPart: costs }]) => Object.keys(costs)))];
}

function correctness({ runs }: Results, measured: readonly TargetName[]): string {
  const lines = measured.map((name) => {
    const results = runs.map((run) => run[name] ?? {});
    const sent = results.flatMap(phasesOf).reduce((sum, [, phase]) => sum + phase.sent, 0);
    const faults =
      results.flatMap(complaintsOf).join('; ') || 'every one delivered to every member once, in order';
    return `- ${titles[name]}: ${shown(sent)} messages sent; ${faults}.`;
  });
  return lines.join('\n');
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const times = (ratio: number | undefined): string => (ratio === undefined ? '' : ratio.toFixed(2));

/** Rounds to three figures, which is all the precision of the measurement. */
export function shown(value: number | undefined): string {
  if (value === undefined) return '';
  const rounded = value === 0 ? 0 : Number(value.toPrecision(3));
  return rounded.toLocaleString('en-US', { maximumFractionDigits: 2 });
}
