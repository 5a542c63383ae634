import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '@parley/testkit';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A checkout, as far as init-env needs it. */
function checkout(env?: string) {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'deploy'));
  for (const file of ['deploy/init-env', 'docker-compose.yml', '.env.example'])
    copyFileSync(join(root, file), join(folder, file));
  const file = join(folder, '.env');
  if (env !== undefined) {
    writeFileSync(file, env);
    chmodSync(file, 0o644);
  }
  const read = () => readFileSync(file, 'utf8');
  return {
    folder,
    file,
    read,
    run: () => spawnSync(join(folder, 'deploy/init-env'), { cwd: '/', encoding: 'utf8' }),
    /** As Compose reads it: the last line with a name wins. */
    values: () =>
      Object.fromEntries([...read().matchAll(/^(\w+)=(.*)$/gm)].map(([, name = '', value]) => [name, value])),
  };
}

const asked = [
  ...new Set(
    [...readFileSync(join(root, 'docker-compose.yml'), 'utf8').matchAll(/\$\{(\w+):\?/g)].map(
      ([, name = '']) => name,
    ),
  ),
];

describe('deploy/init-env', () => {
  it('creates every secret that docker-compose.yml requires: strong, distinct and private', () => {
    const { run, file, values, read } = checkout();
    const { status, stdout, stderr } = run();
    expect([status, stderr]).toEqual([0, '']);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(Object.keys(values()).sort()).toEqual(asked.sort());
    const secrets = Object.values(values());
    expect(secrets.filter((secret) => !/^[0-9a-f]{64}$/.test(secret ?? ''))).toEqual([]);
    expect(new Set(secrets).size).toBe(asked.length);
    for (const secret of secrets) expect(stdout).not.toContain(secret);
    for (const name of asked) expect(stdout).toContain(name);

    const before = read();
    expect(run()).toMatchObject({ status: 0, stdout: 'Nothing is missing in .env.\n' });
    expect(read()).toBe(before);
  });

  it('keeps existing values, adds missing ones, and makes the file private', () => {
    const env = '# mine\nMESSAGE_RATE=off\nREDIS_PASSWORD=\nPOSTGRES_PASSWORD=chosen by me';
    const { run, file, values, read } = checkout(env);
    expect(run().status).toBe(0);
    expect(read().startsWith(`${env}\n`)).toBe(true);
    expect(values()).toMatchObject({
      MESSAGE_RATE: 'off',
      POSTGRES_PASSWORD: 'chosen by me',
      REDIS_PASSWORD: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it.each(['SIGNING_SECRET', 'HOOKS_SECRET'])('refuses the public %s of .env.example', (name) => {
    const example = readFileSync(join(root, '.env.example'), 'utf8').split('\n');
    const isOther = (line: string) => line.includes('SECRET=') && !line.startsWith(name);
    const { run, values } = checkout(example.filter((line) => !isOther(line)).join('\n'));
    const { status, stderr } = run();
    expect(status).toBe(1);
    expect(stderr).toMatch(new RegExp(`^${name} in \\.env has the public value of \\.env\\.example`));
    expect(values()[name]).toMatch(/^replace-this/);
  });

  it('is excluded from git and images, as are other files with secrets', () => {
    expect(readFileSync(join(root, '.gitignore'), 'utf8').split('\n')).toContain('.env');
    const ignored = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n');
    // Everything is excluded first; exceptions are listed by name.
    expect(ignored.filter((line) => line && !line.startsWith('#'))[0]).toBe('*');
    expect(ignored.filter((line) => line.startsWith('!') && !existsSync(join(root, line.slice(1))))).toEqual(
      [],
    );
    expect(ignored).toEqual(expect.arrayContaining(['**/.env*', '**/node_modules', '**/data', '**/dist']));
  });
});
