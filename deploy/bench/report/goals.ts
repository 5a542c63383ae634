import type { TargetName } from '../targets/target.ts';
import { medianOf, type Results, type TargetResult } from './results.ts';

type Figure = (result: TargetResult) => number | undefined;

interface Goal {
  title: string;
  /** The bound of the ratio. */
  bound: { atLeast: number } | { atMost: number };
  ratio: (of: (name: TargetName) => TargetResult) => number | undefined;
}

export interface JudgedGoal {
  title: string;
  goal: string;
  /** Undefined if not measured. */
  ratio: number | undefined;
  met: boolean;
}

const messagesPerSecond: Figure = ({ throughput }) => throughput?.roomsOf10.messagesPerSecond;
const cpuPerDelivery: Figure = ({ throughput }) => throughput?.roomsOf10.cpuMicrosPerDelivery;
const cpuAt300: Figure = ({ latency }) => latency?.[300].cpuMicrosPerDelivery;
const p50At300: Figure = ({ latency }) => latency?.[300].latency.p50;
const p99At300: Figure = ({ latency }) => latency?.[300].latency.p99;

const against =
  (one: TargetName, other: TargetName) =>
  (figure: Figure): Goal['ratio'] =>
  (of) =>
    divide(figure(of(one)), figure(of(other)));
const againstFloor = against('parley', 'floor');
const againstSimple = against('parley', 'simple');
const againstHub = against('parley', 'hub');
const againstHubs = against('parley', 'hubs');
const embeddedAgainstSimple = against('embedded', 'simple');

const goals: readonly Goal[] = [
  {
    title: 'messages/s, rooms of 10, against the floor',
    bound: { atLeast: 0.6 },
    ratio: againstFloor(messagesPerSecond),
  },
  {
    title: 'CPU per delivery in that test, against the floor',
    bound: { atMost: 1.6 },
    ratio: againstFloor(cpuPerDelivery),
  },
  {
    title: 'p50 at 300 messages/s, against the floor',
    bound: { atMost: 1.5 },
    ratio: againstFloor(p50At300),
  },
  {
    title: 'CPU per delivery at 300 messages/s, against the floor',
    bound: { atMost: 1.4 },
    ratio: againstFloor(cpuAt300),
  },
  {
    title: 'messages/s, rooms of 10, against the simple server',
    bound: { atLeast: 2.5 },
    ratio: againstSimple(messagesPerSecond),
  },
  {
    title: 'p50 at 300 messages/s, against the simple server',
    bound: { atMost: 2 },
    ratio: againstSimple(p50At300),
  },
  {
    title: 'p99 at 300 messages/s, against the simple server',
    bound: { atMost: 2 },
    ratio: againstSimple(p99At300),
  },
  {
    title: 'deliveries/s, room of 100, against two bare hubs with Redis',
    bound: { atLeast: 1.1 },
    ratio: againstHubs(({ throughput }) => throughput?.roomOf100.deliveriesPerSecond),
  },
  {
    title: 'CPU per delivery in that test, against the same',
    bound: { atMost: 0.9 },
    ratio: againstHubs(({ throughput }) => throughput?.roomOf100.cpuMicrosPerDelivery),
  },
  {
    title: 'embedded start, messages/s, rooms of 10, against the simple server',
    bound: { atLeast: 3 },
    ratio: embeddedAgainstSimple(messagesPerSecond),
  },
  {
    title: 'embedded start, p50 at 300 messages/s, against the simple server',
    bound: { atMost: 1 },
    ratio: embeddedAgainstSimple(p50At300),
  },
  {
    title: 'cost growth: CPU per delivery with 4 gateways against 1, members of each room spread over all',
    bound: { atMost: 1.3 },
    ratio: against('parley-4', 'parley-1')(cpuPerDelivery),
  },
  {
    title: 'connections accepted per second, against the bare hub',
    bound: { atLeast: 0.5 },
    ratio: againstHub(({ idle }) => idle?.acceptedPerSecond),
  },
  {
    title: 'connect and read 1,000 missed messages, against the simple server',
    bound: { atMost: 2 },
    ratio: againstSimple(({ resume }) => resume?.latency.p50),
  },
  {
    title: 'history page, against the simple server (p50, the worst of latest and older, short and long)',
    bound: { atMost: 1.5 },
    ratio: (of) => {
      const rooms = [0, 1].map((index) => [of('parley').history?.[index], of('simple').history?.[index]]);
      return largest(
        rooms.flatMap(([one, other]) => [
          divide(one?.latest.p50, other?.latest.p50),
          divide(one?.older.p50, other?.older.p50),
        ]),
      );
    },
  },
  {
    title: 'history page in the long room, against the short one (p50, the worse of latest and older)',
    bound: { atMost: 1.2 },
    ratio: (of) => {
      const [short, long] = of('parley').history ?? [];
      return largest([
        divide(long?.latest.p50, short?.latest.p50),
        divide(long?.older.p50, short?.older.p50),
      ]);
    },
  },
  {
    title: 'memory per idle authenticated connection, against the bare hub',
    bound: { atMost: 1.25 },
    ratio: againstHub(({ idle }) => idle?.idleBytes),
  },
];

/** Every goal with the median of its ratio over the runs: met, not met, or not measured. */
export function judge(results: Results): JudgedGoal[] {
  return goals.map(({ title, bound, ratio: ratioOf }) => {
    const ratio = medianOf(results, ratioOf);
    const [goal, met] =
      'atLeast' in bound
        ? [`at least ${bound.atLeast}`, ratio !== undefined && ratio >= bound.atLeast]
        : [`at most ${bound.atMost}`, ratio !== undefined && ratio <= bound.atMost];
    return { title, goal, ratio, met };
  });
}

export function divide(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || !other ? undefined : one / other;
}

/** Undefined if one of them is. */
function largest(ratios: readonly (number | undefined)[]): number | undefined {
  const known = ratios.filter((ratio) => ratio !== undefined);
  return known.length < ratios.length ? undefined : Math.max(...known);
}
