import type { MeasuredPhase } from '../measure/measured-phase.ts';
import type { TargetResult } from './results.ts';

/** One number of a target's result. */
export interface Measure {
  /** Also the file name of its chart. */
  id: string;
  title: string;
  unit: string;
  better: 'more' | 'less';
  of: (result: TargetResult) => number | undefined;
}

const kilobyte = 1_000;

export const measures: readonly Measure[] = [
  throughput(
    'rooms-of-10',
    'Messages/s, rooms of 10',
    'messages/s',
    ({ throughput }) => throughput?.roomsOf10.messagesPerSecond,
  ),
  throughput(
    'deliveries-10',
    'Deliveries/s, rooms of 10',
    'deliveries/s',
    ({ throughput }) => throughput?.roomsOf10.deliveriesPerSecond,
  ),
  throughput(
    'messages-100',
    'Messages/s, room of 100',
    'messages/s',
    ({ throughput }) => throughput?.roomOf100.messagesPerSecond,
  ),
  throughput(
    'room-of-100',
    'Deliveries/s, room of 100',
    'deliveries/s',
    ({ throughput }) => throughput?.roomOf100.deliveriesPerSecond,
  ),
  cost(
    'cpu-rooms-of-10',
    'CPU per delivery, rooms of 10',
    'µs',
    ({ throughput }) => throughput?.roomsOf10.cpuMicrosPerDelivery,
  ),
  cost(
    'cpu-room-of-100',
    'CPU per delivery, room of 100',
    'µs',
    ({ throughput }) => throughput?.roomOf100.cpuMicrosPerDelivery,
  ),
  ...latencies('300', 'at 300 messages/s', ({ latency }) => latency?.[300]),
  ...latencies('1000', 'at 1,000 messages/s', ({ latency }) => latency?.[1_000]),
  cost(
    'cpu-300',
    'CPU per delivery at 300 messages/s',
    'µs',
    ({ latency }) => latency?.[300].cpuMicrosPerDelivery,
  ),
  cost('memory-idle', 'Memory per idle connection', 'kB', ({ idle }) => idle && idle.idleBytes / kilobyte),
  cost(
    'memory-active',
    'Memory per active connection',
    'kB',
    ({ idle }) => idle && idle.activeBytes / kilobyte,
  ),
  throughput('accepted', 'Connections accepted', '1/s', ({ idle }) => idle?.acceptedPerSecond),
  cost('resume', 'Connect and read 1,000 missed messages, p50', 'ms', ({ resume }) => resume?.latency.p50),
  cost('history-short', 'History page, short room, p50', 'ms', ({ history }) => history?.[0]?.older.p50),
  cost('history-long', 'History page, long room, p50', 'ms', ({ history }) => history?.[1]?.older.p50),
  cost('history-latest-long', 'Latest page, long room, p50', 'ms', ({ history }) => history?.[1]?.latest.p50),
];

function throughput(id: string, title: string, unit: string, of: Measure['of']): Measure {
  return { id, title, unit, better: 'more', of };
}

function cost(id: string, title: string, unit: string, of: Measure['of']): Measure {
  return { id, title, unit, better: 'less', of };
}

function latencies(
  id: string,
  when: string,
  phaseOf: (result: TargetResult) => MeasuredPhase | undefined,
): Measure[] {
  return (['p50', 'p95', 'p99', 'max'] as const).map((quantile) =>
    cost(
      `${quantile}-${id}`,
      `Latency ${quantile} ${when}`,
      'ms',
      (result) => phaseOf(result)?.latency[quantile],
    ),
  );
}
