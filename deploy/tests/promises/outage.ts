import { errorTable, isErrorCode } from '@parley/errors';
import { pause } from '@parley/runtime/async';
import { eventually, startSlowdown } from '@parley/testkit';
import { expect } from 'vitest';
import { ChatUser, wholeHistory } from '../whole-stack/chat-user.ts';
import type { StackTarget } from '../whole-stack/start-targets.ts';
import { closings } from './closings.ts';
import { Listener } from './listener.ts';
import { overRest, overWire, Sender, startLoad, type Try } from './sender.ts';

export const dependencies = ['postgres', 'redis', 'rabbitmq'] as const;
export type Dependency = (typeof dependencies)[number];

const services = ['auth', 'directory', 'messages', 'notifications', 'gateway'] as const;
/** The maximum time of a request: the host's limit, plus a second to answer. */
const requestTimeoutMs = 15_000;
const answerMs = 1_000;
/**
 * Services that are not ready without it. A gateway without Redis still serves its own connections,
 * so it stays ready.
 */
const needs: Record<Dependency, readonly (typeof services)[number][]> = {
  postgres: ['auth', 'directory', 'messages', 'notifications'],
  redis: [],
  rabbitmq: services,
};
/** Everything recovers within ten seconds. Half of that is the longest pause before a reconnect. */
const pausesMs = 5_000;
const recoveryMs = 5_000;
const calmMs = 1_000;

/**
 * Sends and listens while a dependency is away: `keepAway` takes it away and brings it back. Checks
 * the results against the promise for that time.
 */
export async function liveThrough(
  target: StackTarget,
  dependency: Dependency,
  keepAway: () => Promise<void>,
): Promise<void> {
  const { url, gateways } = target;
  const people = await Promise.all(
    Array.from({ length: 6 }, (_, index) => eventually(() => ChatUser.register(url, `o${index}`))),
  );
  const [owner, ...others] = people as [ChatUser, ...ChatUser[]];
  const room = await owner.must('POST', '/api/v1/rooms', {
    name: dependency,
    members: others.map(({ userId }) => userId),
  });
  const wires = gateways.flatMap((gateway, index) =>
    (['Socket.IO', 'WebSocket'] as const).map((kind, other) => ({
      kind,
      gateway,
      user: people[index * 2 + other] as ChatUser,
    })),
  );
  const sends = wires.map(({ kind, gateway, user }) => overWire(kind, gateway, user));
  const senders = [...sends, ...others.slice(3).map((user) => overRest(user))].map(
    (send, index) => new Sender(people[index] as ChatUser, send),
  );
  const listeners = wires.map(({ kind, gateway, user }) => new Listener(kind, gateway, user, room.id));
  const begin = Math.max(...(await Promise.all(listeners.map((listener) => listener.start()))));
  const before = servicePids(await target.pids());
  const slowBefore = await slowClosings(target);
  // A busy machine slows everything down except pauses and time limits.
  const slowdown = startSlowdown();

  const load = startLoad(senders, room.id, 15);
  await pause(calmMs);
  const reading = startReading(owner, room.id);
  const health = watchHealth(target.replicas);
  await keepAway();
  const backAt = performance.now();
  await eventually(
    async () => {
      const replicas = Object.values(target.replicas).flat();
      const answers = await Promise.all(replicas.map((replica) => fetch(`${replica}/readyz`)));
      expect(answers.map(({ status }) => status)).toEqual(replicas.map(() => 200));
      expect((await owner.call('GET', '/api/v1/contacts')).status).toBe(200);
    },
    { timeoutMs: pausesMs + recoveryMs * slowdown(), intervalMs: 200 },
  );
  const fresh = new Sender(owner, overRest(owner));
  await fresh.say(room.id, 'after');
  expect(performance.now() - backAt).toBeLessThan(pausesMs + recoveryMs * slowdown());
  await pause(calmMs);
  await load.stop();
  health.stop();
  await reading.stop();

  expect(servicePids(await target.pids())).toEqual(before);
  expect(health.unhealthy).toBe(0);
  expect(health.unready).toEqual(new Set(needs[dependency]));
  const tries = [...senders.flatMap((sender) => sender.tries), ...reading.tries];
  const refusals = [...new Set(tries.map(({ code }) => code))].filter((code) => code !== 'ok');
  expect(
    refusals.filter((code) => !isErrorCode(code) || !errorTable[code].retryable || code === 'server_error'),
  ).toEqual([]);
  expect(senders.flatMap(({ failures }) => failures)).toEqual([]);
  expect(Math.max(...tries.map(({ tookMs }) => tookMs))).toBeLessThan(
    requestTimeoutMs + answerMs * slowdown(),
  );

  const history = await wholeHistory(owner, room.id);
  const stored = new Map(history.map((message) => [message.clientId, message]));
  const sent = [...senders, fresh].flatMap((sender) => sender.sent);
  expect(history).toHaveLength(sent.length);
  expect(
    sent.filter(
      ({ id, seq, clientId }) => stored.get(clientId)?.id !== id || stored.get(clientId)?.seq !== seq,
    ),
  ).toEqual([]);
  const all = history.map((_, index) => people.length + 1 + index);
  expect(history.map(({ seq }) => seq)).toEqual(all);
  for (const listener of listeners) {
    await eventually(() => expect(listener.last, listener.name).toBe(all.at(-1)));
    await eventually(() => expect(listener.everything).toEqual(all.filter((seq) => seq > begin)));
    expect(listener.received, listener.name).toEqual(listener.received.toSorted((a, b) => a - b));
  }
  // No connection is lost, unless this process was too busy to read what had waited for the
  // dependency.
  const losses = listeners.reduce((sum, listener) => sum + listener.losses, 0);
  expect(losses).toBeLessThanOrEqual((await slowClosings(target)) - slowBefore);
  for (const listener of listeners) listener.close();
  await Promise.all(sends.map((send) => send.close()));
}

const slowClosings = async (target: StackTarget) =>
  (await Promise.all(target.gateways.map((gateway) => closings(target, gateway)))).reduce(
    (sum, { slow = 0 }) => sum + slow,
    0,
  );

const servicePids = (pids: Record<string, number[]>) =>
  services.map((service) => ({ service, pids: pids[service] }));

/** Reads the latest messages twice a second, with or without answers. */
function startReading(user: ChatUser, roomId: string) {
  const tries: Try[] = [];
  const inFlight: Promise<void>[] = [];
  const read = async () => {
    const startedAt = performance.now();
    const code = await user.call('GET', `/api/v1/rooms/${roomId}/messages?limit=10`).then(
      ({ status, body }) => (status === 200 ? 'ok' : String(body.code)),
      () => 'no answer',
    );
    tries.push({ code, tookMs: performance.now() - startedAt });
  };
  const timer = setInterval(() => inFlight.push(read()), 500);
  return {
    tries,
    stop: async () => {
      clearInterval(timer);
      await Promise.all(inFlight);
    },
  };
}

/** Polls the health of every process. */
function watchHealth(replicas: StackTarget['replicas']) {
  const seen = { unhealthy: 0, unready: new Set<string>() };
  let asking = true;
  const ask = async (service: string, url: string) => {
    for (; asking; await pause(500)) {
      const [alive, ready] = await Promise.all(['healthz', 'readyz'].map((page) => fetch(`${url}/${page}`)));
      if (alive?.status !== 200) seen.unhealthy++;
      if (ready?.status !== 200) seen.unready.add(service);
    }
  };
  for (const service of services)
    for (const url of replicas[service]) ask(service, url).catch(() => seen.unhealthy++);
  return Object.assign(seen, {
    stop: () => {
      asking = false;
    },
  });
}
