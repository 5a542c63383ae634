import { forEachLimit, pause } from '@parley/runtime/async';
import { formula, type GatewaySize, habits } from './formula.ts';
import type { SimulatedGateway, Used } from './simulated-gateway.ts';
import { startSimulatedGateway } from './simulated-gateway.ts';

export interface Simulation extends GatewaySize {
  roomSize: number;
  messages: number;
  renewMs: number;
  /** Renewals of presence that are observed. */
  renewals: number;
}

/** A figure that was counted, beside what the formula says, if it says anything. */
interface Row {
  part: string;
  figure: string;
  value: number;
  formula?: number;
}

export interface SimulationResult {
  rows: Row[];
  bytesPerConnection: number;
  bytesPerRoom: number;
  usPerDelivery: number;
  redisUsPerMessage: number;
  redisUsPerRenewal: number;
}

const handshakesAtOnce = 20;
const messagesAtOnce = 50;
const pollMs = 5;
/** Nothing more is asked once no question has come for this long. */
const quietMs = 500;
/** The sync of a client that has everything. */
const upToDate = 1;
const content = 'A message of forty characters, or so.';

/** Of a room's messages, one in `roomSize` is of its user here. */
const isOwn = (index: number, roomSize: number) => index % roomSize === 0;

/** Connects everybody, lets them rest, and has them and their rooms' other members write. */
export async function runSimulation(simulation: Simulation): Promise<SimulationResult> {
  const gateway = await startSimulatedGateway(simulation);
  const { people } = gateway;
  const count = people.length;
  const roomCount = count * simulation.roomsOfEach;
  try {
    const empty = gateway.heapBytes();
    const opened = await phase(gateway, async () => {
      await forEachLimit(people, handshakesAtOnce, (person) => gateway.connect(person));
      await untilQuiet(gateway);
    });
    const open = gateway.heapBytes();
    const resumed = await phase(gateway, async () => {
      await forEachLimit(people, handshakesAtOnce, (person) => {
        const rooms = person.roomIds.map((roomId) => ({ roomId, seq: upToDate }));
        return gateway.send(person, 'resume', { rooms });
      });
      await untilQuiet(gateway);
    });
    const full = gateway.heapBytes();
    const channels = await gateway.channels();
    const checked = await phase(gateway, async () => {
      const before = asked(await gateway.used(), 'messages.get-heads');
      gateway.checkHeads();
      await until(gateway, (now) => asked(now, 'messages.get-heads') >= before + formula.heads(simulation));
    });
    const idle = await phase(gateway, () => pause(simulation.renewals * simulation.renewMs));
    const wrote = await phase(gateway, () => write(gateway, simulation));

    const row = (part: string, figure: string, value: number, expected?: number): Row => ({
      ...{ part, figure, value: Math.round(value) },
      ...(expected !== undefined && { formula: expected }),
    });
    const perRenewal = (used: number) => used / Math.max(1, simulation.renewals);
    return {
      rows: [
        row('connecting', 'questions to the directory, shared by up to 50 users', total(opened.calls)),
        row('connecting', 'scripts that Redis ran', scripts(opened)),
        row('connecting', 'CPU per connection (µs)', (1_000 * opened.cpuMs) / count),
        row(
          'resuming',
          'questions about memberships',
          asked(resumed, 'directory.get-standings'),
          formula.standings(simulation),
        ),
        row(
          'resuming',
          'questions to messages',
          asked(resumed, 'messages.sync-rooms'),
          formula.syncs(simulation),
        ),
        row('resuming', 'other questions', total(resumed.calls) - 2 * count),
        row('resuming', 'channels of Redis', channels, formula.channels(simulation)),
        row('resuming', 'commands that subscribe', ran(opened, 'ssubscribe') + ran(resumed, 'ssubscribe')),
        row('resuming', 'scripts that Redis ran', scripts(resumed)),
        row('resuming', 'CPU per room (µs)', (1_000 * resumed.cpuMs) / roomCount),
        row(
          'each HEAD_CHECK',
          'questions to messages',
          asked(checked, 'messages.get-heads'),
          formula.heads(simulation),
        ),
        row('each HEAD_CHECK', 'CPU per 1,000 rooms (µs)', (1e6 * checked.cpuMs) / roomCount),
        row('each renewal', 'scripts that Redis ran', perRenewal(scripts(idle))),
        row('each renewal', 'CPU of the gateway (ms)', perRenewal(idle.cpuMs)),
        row('each renewal', 'CPU of Redis (ms)', perRenewal(idle.redisCpuMs)),
        row('messages', 'deliveries', wrote.packets, simulation.messages),
        row('messages', 'questions to other services', total(wrote.calls), 0),
        row('messages', 'Redis messages beside one each', ran(wrote, 'spublish') - simulation.messages),
        row(
          'messages',
          'CPU of gateway and writer per message (µs)',
          (1_000 * wrote.cpuMs) / simulation.messages,
        ),
        row('messages', 'CPU of Redis per message (µs)', (1_000 * wrote.redisCpuMs) / simulation.messages),
        row('memory', 'the process without connections (MB)', gateway.processBytes / 1e6),
        row('memory', 'bytes per connection, without its socket', (open - empty) / count),
        row('memory', 'bytes per joined room', (full - open) / roomCount),
      ],
      bytesPerConnection: (open - empty) / count,
      bytesPerRoom: (full - open) / roomCount,
      usPerDelivery: (1_000 * wrote.cpuMs) / simulation.messages,
      redisUsPerMessage: (1_000 * wrote.redisCpuMs) / simulation.messages,
      redisUsPerRenewal: (1_000 * perRenewal(idle.redisCpuMs)) / count,
    };
  } finally {
    await gateway.stop();
  }
}

/** Every tenth message is a user's own, if rooms have ten members. */
async function write(gateway: SimulatedGateway, { messages, roomSize }: Simulation): Promise<void> {
  const { packets } = await gateway.used();
  await forEachLimit(Array.from({ length: messages }), messagesAtOnce, async (_, index) => {
    const person = gateway.people[index % gateway.people.length];
    const roomId = person?.roomIds[index % person.roomIds.length];
    if (!person || roomId === undefined) throw new Error('a person without rooms');
    if (isOwn(index, roomSize)) await gateway.send(person, 'send_message', { roomId, content });
    else await gateway.publish(roomId);
  });
  await until(gateway, (now) => now.packets >= packets + messages);
}

async function until(gateway: SimulatedGateway, isDone: (now: Used) => boolean): Promise<void> {
  while (!isDone(await gateway.used())) await pause(pollMs);
}

/** Announcements of presence continue after a connection has opened. */
async function untilQuiet(gateway: SimulatedGateway): Promise<void> {
  let last = -1;
  for (let now = 0; now !== last; await pause(quietMs)) {
    last = now;
    const { calls, commands } = await gateway.used();
    now = total(calls) + ran({ commands }, 'spublish');
  }
}

/** Answers what the work used. */
async function phase(gateway: SimulatedGateway, work: () => Promise<unknown>): Promise<Used> {
  const before = await gateway.used();
  await work();
  const after = await gateway.used();
  const minus = (now: ReadonlyMap<string, number>, then: ReadonlyMap<string, number>) =>
    new Map([...now].map(([name, value]) => [name, value - (then.get(name) ?? 0)]));
  return {
    calls: minus(after.calls, before.calls),
    commands: minus(after.commands, before.commands),
    cpuMs: after.cpuMs - before.cpuMs,
    redisCpuMs: after.redisCpuMs - before.redisCpuMs,
    packets: after.packets - before.packets,
  };
}

const asked = ({ calls }: Used, method: string): number => calls.get(method) ?? 0;
const ran = ({ commands }: Pick<Used, 'commands'>, command: string): number => commands.get(command) ?? 0;
const scripts = (used: Used): number => ran(used, 'evalsha') + ran(used, 'eval');
const total = (counts: ReadonlyMap<string, number>): number =>
  [...counts.values()].reduce((sum, count) => sum + count, 0);

/** One gateway of a system with so many users. */
export const simulationOf = (connections: number): Simulation => ({
  connections,
  roomsOfEach: habits.roomsOfEach,
  roomSize: habits.roomSize,
  messages: 10_000,
  renewMs: 5_000,
  renewals: 3,
});
