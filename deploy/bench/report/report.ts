import { type TargetName, targetNames, titles } from '../targets/target.ts';
import { divide, judge } from './goals.ts';
import { type Measure, measures } from './measures.ts';
import { complaintsOf, phasesOf, type Results } from './results.ts';

/** The whole result in Markdown: goals, numbers, ratios, CPU time by part, and faults. */
export function reportOf(results: Results): string {
  const measured = targetNames.filter((name) => Object.keys(results.targets[name] ?? {}).length > 0);
  return [
    heading(results),
    goalsTable(results),
    numbersTable(results, measured),
    ratiosTable(results),
    costTable(results, measured),
    correctness(results, measured),
  ].join('\n\n');
}

function heading({ at, mode, machine, seconds }: Results): string {
  const memory = Math.round(machine.memoryBytes / 2 ** 30);
  const processors = `${machine.processors} processors (${machine.model})`;
  const when = `Measured ${at.slice(0, 10)}, ${mode}, in ${seconds} s`;
  return `${when}, on ${processors}, ${memory} GiB, Node ${machine.node}.`;
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

function numbersTable({ targets }: Results, measured: readonly TargetName[]): string {
  const rows = measures.map((measure) => [
    `${measure.title} (${measure.unit})`,
    ...measured.map((name) => shown(measure.of(targets[name] ?? {}))),
  ]);
  return table(['', ...measured.map((name) => titles[name])], rows);
}

const comparisons: readonly [TargetName, TargetName][] = [
  ['parley', 'hub'],
  ['parley', 'hubs'],
  ['parley', 'simple'],
  ['embedded', 'hub'],
  ['embedded', 'simple'],
  ['simple', 'hub'],
];

function ratiosTable({ targets }: Results): string {
  const ratio = ({ of }: Measure, [one, other]: readonly [TargetName, TargetName]) =>
    divide(of(targets[one] ?? {}), of(targets[other] ?? {}));
  const rows = measures.map((measure) => [
    `${measure.title} (${measure.better} is better)`,
    ...comparisons.map((pair) => times(ratio(measure, pair))),
  ]);
  return table(['ratio', ...comparisons.map(([one, other]) => `${titles[one]} / ${titles[other]}`)], rows);
}

/** CPU time per delivery by part, in the two throughput tests. */
function costTable({ targets }: Results, measured: readonly TargetName[]): string {
  const rows = measured.flatMap((name) =>
    phasesOf(targets[name] ?? {})
      .filter(([phase]) => phase.startsWith('room'))
      .map(([phase, { cpuMicrosPerDeliveryByPart, generatorBusy }]) => [
        `${titles[name]}, ${phase}`,
        Object.entries(cpuMicrosPerDeliveryByPart)
          .filter(([, micros]) => micros >= 0.05)
          .sort(([, one], [, other]) => other - one)
          .map(([part, micros]) => `${part} ${shown(micros)}`)
          .join(', '),
        `${Math.round(generatorBusy * 100)} %`,
      ]),
  );
  return table(['', 'CPU per delivery by part (µs)', 'generator, of one processor'], rows);
}

function correctness({ targets }: Results, measured: readonly TargetName[]): string {
  const lines = measured.map((name) => {
    const result = targets[name] ?? {};
    const sent = phasesOf(result).reduce((sum, [, phase]) => sum + phase.sent, 0);
    const faults = complaintsOf(result).join('; ') || 'every one delivered to every member once, in order';
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
