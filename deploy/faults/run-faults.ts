import { writeFileSync } from 'node:fs';
import { pause } from '@parley/runtime/async';
import { seededRandom } from '@parley/testkit';
import { startStack } from '../stack/start-stack.ts';
import { type Cast, gatherCast } from './cast.ts';
import { Chatter } from './chatter.ts';
import { checkPresence } from './check-presence.ts';
import { Deaths } from './deaths.ts';
import { HookReceiver } from './hook-receiver.ts';
import { Ledger } from './ledger.ts';
import type { FaultOptions } from './options.ts';
import { readReplies, readThreads } from './stores/thread-truth.ts';
import { readHistories, readUnread } from './stores/truth.ts';
import { describe, Storm } from './storm.ts';
import { tableOf } from './table.ts';
import { judgeThreads } from './thread-verdict.ts';
import { type Finding, judgeHistory, judgeListeners, judgeUnread, type StoredMessage } from './verdict.ts';

/** Limits are off and hashing is cheap, because the run tests for losses, not for limits. */
const stackEnvironment = {
  ...{ NODE_ENV: 'test', LOG_LEVEL: 'warn', BCRYPT_COST: '4' },
  ...{
    MESSAGE_RATE: 'off',
    LOGIN_RATE: 'off',
    REGISTER_RATE: 'off',
    ADD_USERS_RATE: 'off',
    JOIN_RATE: 'off',
    FRIEND_REQUEST_RATE: 'off',
    API_RATE: 'off',
    KEY_RATE: 'off',
    SOCKET_EVENT_RATE: 'off',
    SIGNAL_RATE: 'off',
  },
  ...{ PRESENCE_GRACE: '1s', PRESENCE_LEASE: '6s', POLL_TIMEOUT: '3s' },
};
const connectWithinMs = 30_000;
const answerWithinMs = 90_000;
const settleWithinMs = 60_000;
const progressEveryMs = 5_000;
const shownFindings = 20;

/**
 * Starts a stack, lets clients of every kind talk through it while a storm hits its processes, and
 * compares what everybody received with the database. Resolves to whether nothing was wrong.
 */
export async function runFaults(
  options: FaultOptions,
  env: NodeJS.ProcessEnv,
  say: (line: string) => void,
): Promise<boolean> {
  const random = seededRandom(options.seed);
  const deaths = new Deaths();
  // Clients must not depend on session affinity in the load balancer.
  const layout = {
    port: 0,
    affinity: false,
    replicas: {
      auth: 1,
      directory: 1,
      notifications: 1,
      hooks: 1,
      messages: options.messages,
      gateway: options.gateways,
      web: 0,
    },
  };
  const note = (line: string) => deaths.record(line);
  const receiver = await HookReceiver.start(seededRandom(options.seed + 2));
  const egress = { EGRESS_ALLOW: receiver.host, EGRESS_PORTS: `${receiver.port}` };
  const stack = await startStack({ layout, env: { ...env, ...stackEnvironment, ...egress }, say: note });
  try {
    const { url } = stack.state();
    const cast = await gatherCast(url, options.people, random, receiver);
    for (const player of cast.players) player.start();
    await everyonePresent(cast, connectWithinMs);
    say(
      `${cast.players.length} players in ${cast.rooms.length} rooms talk at ${options.rate} messages` +
        ` a second; seed ${options.seed}.`,
    );

    const ledger = new Ledger();
    const chatter = new Chatter({
      players: cast.players,
      ledger,
      rate: options.rate,
      random: seededRandom(options.seed + 1),
    });
    const startedAt = performance.now();
    const stamp = () => `${((performance.now() - startedAt) / 1_000).toFixed(1).padStart(6)} s`;
    const storm = new Storm({
      random,
      only: options.only,
      state: () => stack.state(),
      say: (line) => say(`${stamp()}  ${line}`),
    });
    const talking = chatter.talk();
    const progress = setInterval(
      () => say(`${stamp()}  ${ledger.acknowledged} acknowledged, ${ledger.unanswered} in flight`),
      progressEveryMs,
    );
    for (const plan of options.plan)
      await (plan === 'storm' ? storm.rage(options.seconds * 1_000) : storm.roll());
    const duringStorm = ledger.acknowledged;
    const rate = duringStorm / ((performance.now() - startedAt) / 1_000);
    say(`${stamp()}  the storm is over; waiting for answers`);
    await chatter.fallSilent(answerWithinMs);
    await talking;
    clearInterval(progress);
    say(`${stamp()}  no more answers expected; comparing with the database`);

    const histories = await readHistories(stack.state().postgres, cast.rooms);
    await everyoneHasAll(cast, histories, settleWithinMs);
    const unread = await readUnread(cast);
    const replies = await readReplies(stack.state().postgres, cast.rooms);
    const findings = [
      ...judgeHistory(ledger, histories),
      ...judgeListeners(cast.players, histories),
      ...judgeUnread(unread, ledger, histories),
      ...judgeThreads(await readThreads(cast), unread, replies),
      ...(await checkPresence(url, cast)),
      ...deaths.unasked(storm.done),
    ];
    for (const player of cast.players) player.stop();
    report({ options, cast, ledger, storm, rate, findings, say });
    return findings.length === 0;
  } finally {
    receiver.stop();
    await stack.stop();
  }
}

async function everyonePresent({ players }: Cast, withinMs: number): Promise<void> {
  for (
    const deadline = performance.now() + withinMs;
    players.some((player) => !player.present);
    await pause(50)
  ) {
    if (performance.now() > deadline) throw new Error(`not every player connected within ${withinMs} ms`);
  }
}

/**
 * Waits until every listener is connected and has caught up with its rooms, last edits included.
 * The verdict reports those who have not.
 */
async function everyoneHasAll(
  { players }: Cast,
  histories: ReadonlyMap<string, readonly StoredMessage[]>,
  withinMs: number,
): Promise<void> {
  const hasAll = () =>
    haveReadAll() && !judgeListeners(players, histories).some(({ kind }) => kind === 'lost');
  const haveReadAll = () =>
    players.every(
      (player) =>
        player.present &&
        [...player.logs.values()].every((log) => log.cursor >= (histories.get(log.roomId)?.at(-1)?.seq ?? 0)),
    );
  for (const deadline = performance.now() + withinMs; !hasAll() && performance.now() < deadline; )
    await pause(100);
}

interface Outcome {
  options: FaultOptions;
  cast: Cast;
  ledger: Ledger;
  storm: Storm;
  rate: number;
  findings: readonly Finding[];
  say: (line: string) => void;
}

function report({ options, cast, ledger, storm, rate, findings, say }: Outcome): void {
  const done = new Map<string, number>();
  for (const fault of storm.done) {
    const name = describe({ ...fault, frozenMs: 0 }).replace(/ for .*/, '');
    done.set(name, (done.get(name) ?? 0) + 1);
  }
  const faults = [...done].map(([name, count]) => `${name} ${count}`).sort();
  const deliveries = cast.players.reduce(
    (sum, { logs }) => sum + [...logs.values()].reduce((held, log) => held + log.messages.size, 0),
    0,
  );
  const rows = [...new Set(cast.players.map(({ kind }) => kind)), 'database', 'processes'];
  const silence = (ledger.maxSilenceMs / 1_000).toFixed(1);
  const summary =
    `${ledger.acknowledged} messages acknowledged (${rate.toFixed(0)} a second during the storm),` +
    ` ${deliveries} delivered to listeners, ${storm.done.length} faults;` +
    ` the longest time without an acknowledgement was ${silence} s.`;
  for (const { where, kind, what } of findings.slice(0, shownFindings)) say(`${kind}: ${what} [${where}]`);
  say(`\n${tableOf(rows, findings)}\n\n${summary}\nFaults: ${faults.join(', ')}.`);
  if (options.json)
    writeFileSync(
      options.json,
      JSON.stringify(
        { options, acknowledged: ledger.acknowledged, rate, deliveries, faults, findings },
        null,
        2,
      ),
    );
}
