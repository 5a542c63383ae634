import { execFile } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { temporaryFolder } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { servePage } from '../browser/serve-page.ts';
import { whereBrowsersRun } from '../browser/where-browsers-run.ts';
import type { Json } from '../whole-stack/chat-user.ts';
import { borrowEmbeddedTarget } from '../whole-stack/start-targets.ts';
import type { Target } from '../whole-stack/target.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const inNodeModules = (path: string) => join(root, 'node_modules', path);
const said = 'hello from a package, 1 member, validation_failed, code';

describe('the package of the client, installed into an empty folder', async () => {
  let folder: string;
  let target: Target;
  const run = async (program: string, ...args: string[]) => {
    const { stdout } = await promisify(execFile)(program, args, { cwd: folder }).catch((error) => {
      throw new Error(`${args.join(' ')}\n${error.stdout}\n${error.stderr}`);
    });
    return stdout.trim();
  };
  const node = (...args: string[]) => run(process.execPath, ...args);
  const installed = (name: string) => readFileSync(join(folder, 'node_modules/@parley/client', name), 'utf8');

  beforeAll(async () => {
    folder = temporaryFolder();
    const [packed = ''] = (await node(join(root, 'deploy/scripts/packages.mjs'), temporaryFolder())).split(
      '\n',
    );
    writeFileSync(join(folder, 'package.json'), '{ "private": true }');
    await run('npm', 'install', '--offline', '--no-audit', '--no-fund', packed);
    cpSync(new URL('fixtures/consumer.ts', import.meta.url), join(folder, 'consumer.ts'));
    writeFileSync(
      join(folder, 'main.js'),
      "import { converse } from './consumer.ts';\nglobalThis.converse = converse;\n",
    );
    writeFileSync(join(folder, 'index.html'), '<script type="module" src="/main.js"></script>');
    target = await borrowEmbeddedTarget();
  });
  afterAll(() => target?.stop());

  test('needs no other package, and says what is in it', () => {
    expect(readdirSync(join(folder, 'node_modules'))).toEqual(['.package-lock.json', '@parley']);
    expect(JSON.parse(installed('package.json'))).toMatchObject({
      name: '@parley/client',
      sideEffects: false,
      engines: { node: expect.stringMatching(/^>=20/) },
    });
    expect(installed('LICENSE')).toMatch(/^MIT License/);
    expect(installed('LICENSES-OF-LIBRARIES')).toContain('ws 8.');
    expect(installed('README.md')).not.toMatch(/\]\((?!https?:)/);
  });

  test('has at most 20 kB for a browser, compressed, and contains no Zod', () => {
    const script = installed('parley-client.js');
    expect(gzipSync(script, { level: 9 }).length).toBeLessThanOrEqual(20_000);
    expect(script).not.toMatch(/ZodType|\brequire\(|\bfrom ?"/);
  });

  test('passes a strict type check, and talks in Node, as a module and as CommonJS', async () => {
    const sources = ['consumer.mts', 'consumer.cts'];
    for (const source of sources) cpSync(join(folder, 'consumer.ts'), join(folder, source));
    const compile = ['--target', 'es2022', '--module', 'nodenext', '--lib', 'ES2022,DOM', '--outDir', 'out'];
    const strict = ['--strict', '--exactOptionalPropertyTypes', '--skipLibCheck', 'false'];
    await node(inNodeModules('typescript/bin/tsc'), ...compile, ...strict, ...sources);
    for (const loaded of ["import('./out/consumer.mjs')", "require('./out/consumer.cjs')"]) {
      const program = `Promise.resolve(${loaded})
        .then(({ converse }) => converse('${target.url}'))
        .then(console.log)`;
      expect([loaded, await node('--input-type', 'commonjs', '--eval', program)]).toEqual([loaded, said]);
    }
  });

  await whereBrowsersRun('in a page', (browser) => {
    test.each(['esbuild', 'vite'])('talks after %s has bundled it', async (bundler) => {
      if (bundler === 'vite') await node(inNodeModules('vite/bin/vite.js'), 'build', '--logLevel', 'error');
      else
        await run(
          inNodeModules('.bin/esbuild'),
          ...['main.js', '--bundle', '--format=esm', '--outdir=dist/assets'],
        );
      const [file = ''] = readdirSync(join(folder, 'dist/assets'));
      const script = readFileSync(join(folder, 'dist/assets', file), 'utf8');
      const page = await servePage(`<!doctype html><script type="module">${script}</script>`);
      const tab = await browser().newPage();
      await tab.goto(page.origin);
      expect(await tab.evaluate((url) => (globalThis as Json).converse(url), target.url)).toBe(said);
      await tab.close();
      page.stop();
    });
  });
});
