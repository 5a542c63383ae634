import type { TargetName } from '../targets/target.ts';
import type { Results, TargetResult } from './results.ts';

interface Goal {
  title: string;
  /** The bound of the ratio. */
  bound: { atLeast: number } | { atMost: number };
  ratio: (of: (name: TargetName) => TargetResult) => number | undefined;
}

export interface JudgedGoal {
  title: string;
  goal: string;
  /** Undefined if not measured in this run. */
  ratio: number | undefined;
  met: boolean;
}

const goals: readonly Goal[] = [
  {
    title: 'messages/s, rooms of 10, against the simple server',
    bound: { atLeast: 4 },
    ratio: (of) =>
      divide(
        of('parley').throughput?.roomsOf10.messagesPerSecond,
        of('simple').throughput?.roomsOf10.messagesPerSecond,
      ),
  },
  {
    title: 'deliveries/s, room of 100, against two bare hubs with Redis',
    bound: { atLeast: 1 },
    ratio: (of) =>
      divide(
        of('parley').throughput?.roomOf100.deliveriesPerSecond,
        of('hubs').throughput?.roomOf100.deliveriesPerSecond,
      ),
  },
  {
    title: 'CPU per delivery in that test, against the same',
    bound: { atMost: 1 },
    ratio: (of) =>
      divide(
        of('parley').throughput?.roomOf100.cpuMicrosPerDelivery,
        of('hubs').throughput?.roomOf100.cpuMicrosPerDelivery,
      ),
  },
  {
    title: 'p50 at 300 messages/s, against the simple server',
    bound: { atMost: 1 },
    ratio: (of) => divide(of('parley').latency?.[300].latency.p50, of('simple').latency?.[300].latency.p50),
  },
  {
    title: 'p99 at 300 messages/s, against the simple server',
    bound: { atMost: 1 },
    ratio: (of) => divide(of('parley').latency?.[300].latency.p99, of('simple').latency?.[300].latency.p99),
  },
  {
    title: 'memory per idle authenticated connection, against the bare hub',
    bound: { atMost: 1.25 },
    ratio: (of) => divide(of('parley').idle?.idleBytes, of('hub').idle?.idleBytes),
  },
  {
    title: 'history page in the long room, against the short one (p50, the worse of latest and older)',
    bound: { atMost: 1.2 },
    ratio: (of) => {
      const [short, long] = of('parley').history ?? [];
      const ratios = [divide(long?.latest.p50, short?.latest.p50), divide(long?.older.p50, short?.older.p50)];
      return ratios[0] === undefined || ratios[1] === undefined ? undefined : Math.max(ratios[0], ratios[1]);
    },
  },
  {
    title: 'embedded start, messages/s, against the simple server',
    bound: { atLeast: 2 },
    ratio: (of) =>
      divide(
        of('embedded').throughput?.roomsOf10.messagesPerSecond,
        of('simple').throughput?.roomsOf10.messagesPerSecond,
      ),
  },
  {
    title: 'cost growth: CPU per delivery with 4 gateways against 1, members of each room spread over all',
    bound: { atMost: 1.3 },
    ratio: (of) =>
      divide(
        of('parley-4').throughput?.roomsOf10.cpuMicrosPerDelivery,
        of('parley-1').throughput?.roomsOf10.cpuMicrosPerDelivery,
      ),
  },
];

/** Every goal with its result: met, not met, or not measured. */
export function judge({ targets }: Results): JudgedGoal[] {
  return goals.map(({ title, bound, ratio: ratioOf }) => {
    const ratio = ratioOf((name) => targets[name] ?? {});
    if ('atLeast' in bound)
      return {
        title,
        goal: `at least ${bound.atLeast}`,
        ratio,
        met: ratio !== undefined && ratio >= bound.atLeast,
      };
    return {
      title,
      goal: `at most ${bound.atMost}`,
      ratio,
      met: ratio !== undefined && ratio <= bound.atMost,
    };
  });
}

export function divide(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || !other ? undefined : one / other;
}
