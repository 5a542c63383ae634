import { randomUUID } from 'node:crypto';
import { eventually, temporaryFolder } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { borrowStackTarget, type StackTarget } from '../whole-stack/start-targets.ts';
import { parley, run, type Terminal } from './terminal.ts';

let target: StackTarget;
const terminals: Terminal[] = [];
beforeAll(async () => {
  target = await borrowStackTarget();
});
afterAll(async () => {
  for (const terminal of terminals) terminal.kill();
  await target?.stop();
});

const perPhase = 40;

test('two terminals lose and repeat no line while each of two gateways is killed in turn', async () => {
  const env = {
    PARLEY_URL: target.url,
    PARLEY_CONFIG_DIR: temporaryFolder(),
    PARLEY_PASSWORD: 'correct horse',
  };
  const usernames = { ada: `ada-${randomUUID().slice(0, 8)}`, bob: `bob-${randomUUID().slice(0, 8)}` };
  for (const [profile, username] of Object.entries(usernames)) {
    const registered = await run(
      ['register', username, '--email', `${username}@example.org`, '--profile', profile],
      env,
    );
    expect(registered).toMatchObject({ code: 0, stdout: [`Logged in as ${username}.`] });
  }
  const [ada, bob] = [
    parley(['dm', usernames.bob, '--json', '--profile', 'ada'], env),
    parley(['dm', usernames.ada, '--json', '--profile', 'bob'], env),
  ];
  terminals.push(ada, bob);
  expect((await ada.untilReady()).roomId).toBe((await bob.untilReady()).roomId);

  let typed = 0;
  const acknowledged = (terminal: Terminal) => terminal.printed('sent').length;
  const talk = async () => {
    for (const end = typed + perPhase; typed < end; typed++) {
      ada.type(`ada ${typed}`);
      bob.type(`bob ${typed}`);
      // A few lines are always in flight, so that a kill hits some of them.
      await eventually(() =>
        expect(Math.min(acknowledged(ada), acknowledged(bob))).toBeGreaterThan(typed - 8),
      );
    }
  };
  const all = () => Array.from({ length: typed }, (_, number) => number);
  const lines = (terminal: Terminal, who: string) =>
    terminal
      .printed('message')
      .flatMap(({ content }) => (content.startsWith(who) ? [Number(content.slice(4))] : []));
  const arrived = () =>
    eventually(
      () => {
        for (const terminal of [ada, bob]) {
          for (const who of ['ada', 'bob']) expect(lines(terminal, who).length).toBeGreaterThanOrEqual(typed);
        }
      },
      { timeoutMs: 40_000 },
    );

  await talk();
  await arrived();
  const { gateway: victims = [] } = await target.pids();
  expect(victims).toHaveLength(2);
  // Each terminal may be on either gateway, so both are killed, one after the other.
  for (const victim of victims) {
    const talking = talk();
    process.kill(victim, 'SIGKILL');
    await talking;
    await arrived();
    await eventually(async () => expect((await target.pids()).gateway).toHaveLength(2));
  }
  await talk();
  await arrived();

  for (const terminal of [ada, bob]) {
    for (const who of ['ada', 'bob']) expect(lines(terminal, who)).toEqual(all());
    // Both see the same order, with rising numbers.
    const seqs = terminal.printed('message').map(({ seq }) => seq);
    expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
    expect(terminal.printed('sent')).toHaveLength(typed);
    expect(terminal.printed('failed')).toEqual([]);
    expect(terminal.printed('connection').some(({ state }) => state === 'offline')).toBe(true);
  }
  expect(ada.printed('message').map(({ id }) => id)).toEqual(bob.printed('message').map(({ id }) => id));
  for (const terminal of [ada, bob]) terminal.end();
  expect(await Promise.all([ada.exit, bob.exit])).toMatchObject([{ code: 0 }, { code: 0 }]);
}, 180_000);
