import { pause } from '@parley/runtime/async';
import type { Crowd } from './crowd.ts';
import { Exchange } from './exchange.ts';
import type { LoadRoom, Mark, Phase, PhaseResult } from './orders.ts';
import { keepPace } from './pacer.ts';

/** After the last message, a phase ends once nothing has arrived for this long. */
const silenceMs = 5_000;

let phases = 0;

/**
 * Sends according to the phase, checks and measures what arrives, and waits for the last delivery.
 */
export async function runPhase(crowd: Crowd, phase: Phase, mark: (mark: Mark) => void): Promise<PhaseResult> {
  phases += 1;
  const exchange = new Exchange(crowd, phase, phases);
  const pacing = beginSending(exchange, phase);

  await pause(phase.warmUpMs);
  const from = performance.now();
  const cpuBefore = process.cpuUsage();
  exchange.beginMeasuring(from);
  mark('begin');
  while (exchange.sending && performance.now() < from + phase.measureMs) await pause(5);
  // This may be later than planned, so the rates use the actual end.
  const to = performance.now();
  const cpu = process.cpuUsage(cpuBefore);
  exchange.endMeasuring(to);
  mark('end');

  exchange.sending = false;
  await pacing;
  await drain(exchange);
  const seconds = (to - from) / 1_000;
  return {
    sent: exchange.sent,
    acknowledged: exchange.acknowledged,
    refused: exchange.refused,
    refusal: exchange.refusal,
    faults: exchange.faults(),
    otherFrames: exchange.otherFrames,
    deliveries: exchange.deliveries,
    messagesPerSecond: exchange.returned / seconds,
    deliveriesPerSecond: exchange.deliveries / seconds,
    latency: exchange.latency.summary(),
    generatorBusy: (cpu.user + cpu.system) / 1_000_000 / seconds,
  };
}

async function beginSending(exchange: Exchange, { rooms, pace }: Phase): Promise<void> {
  const everybody = inTurns(rooms);
  if (pace.kind === 'closed') for (const client of everybody) exchange.send(client, performance.now());
  else
    await keepPace(pace.perSecond, {
      goOn: () => exchange.sending,
      send: (nth, dueAt) => exchange.send(everybody[nth % everybody.length] ?? 0, dueAt),
    });
}

/** One member of each room, then the next of each. */
function inTurns(rooms: readonly LoadRoom[]): number[] {
  const largest = Math.max(...rooms.map(({ members }) => members.length));
  return Array.from({ length: largest }, (_, place) =>
    rooms.flatMap(({ members }) => members[place] ?? []),
  ).flat();
}

/** Waits for missing deliveries, then a moment longer for possible duplicates. */
async function drain(exchange: Exchange): Promise<void> {
  let { arrived } = exchange;
  for (let since = performance.now(); !exchange.complete && performance.now() - since < silenceMs; ) {
    await pause(20);
    if (exchange.arrived !== arrived) since = performance.now();
    arrived = exchange.arrived;
  }
  await pause(100);
}
