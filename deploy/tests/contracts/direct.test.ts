import { eventually, temporaryFolder } from '@parley/testkit';
import { expect, test } from 'vitest';
import { parley, run } from '../client/terminal.ts';
import { password } from './cast.ts';
import { directAccounts } from './direct-accounts.ts';
import { directCast } from './direct-cast.ts';
import { directHistory } from './direct-history.ts';
import { directLive } from './direct-live.ts';
import { onBothTargets, onStack } from './on-both-targets.ts';

onStack('direct', (target) => {
  const cast = directCast(target);
  const { register } = cast;
  directAccounts(cast);
  directHistory(cast);

  test('with two command-line clients, text typed by one appears at once in the other', async () => {
    const [ada, bob] = [await register('ada'), await register('bob')];
    const env = { PARLEY_URL: target().url, PARLEY_CONFIG_DIR: temporaryFolder(), PARLEY_PASSWORD: password };
    const usernames = [ada, bob].map(({ email }) => email.split('@')[0] ?? '');
    for (const [index, { email }] of [ada, bob].entries()) {
      expect((await run(['login', email, '--profile', `${index}`], env)).code).toBe(0);
    }
    const terminals = [0, 1].map((index) =>
      parley(['dm', usernames[1 - index] ?? '', '--json', '--profile', `${index}`], env),
    );
    try {
      for (const terminal of terminals) await terminal.untilReady();
      for (const [index, terminal] of terminals.entries()) {
        terminal.type(`typed by ${index}`);
        const said = { content: `typed by ${index}`, username: usernames[index] };
        await eventually(() => expect(terminals[1 - index]?.printed('message').at(-1)).toMatchObject(said));
      }
    } finally {
      for (const terminal of terminals) terminal.kill();
    }
  });
});

onBothTargets('direct: events', (target) => directLive(directCast(target)));
