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
import { createPeople, password } from '../client/sdk-people.ts';
import { borrowEmbeddedTarget } from '../whole-stack/start-targets.ts';
import type { Target } from '../whole-stack/target.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const inNodeModules = (path: string) => join(root, 'node_modules', path);
/** React and its types, from the packages that are installed here. */
const reactPackages = ['react', 'react-dom', 'scheduler', '@types/react', '@types/react-dom', 'csstype'];

describe('the package of the hooks, installed into an empty folder next to the client', async () => {
  let folder: string;
  let target: Target;
  const { someone } = createPeople(() => target);
  const run = async (program: string, ...args: string[]) => {
    const { stdout } = await promisify(execFile)(program, args, { cwd: folder }).catch((error) => {
      throw new Error(`${args.join(' ')}\n${error.stdout}\n${error.stderr}`);
    });
    return stdout.trim();
  };
  const node = (...args: string[]) => run(process.execPath, ...args);
  const installed = (name: string) => readFileSync(join(folder, 'node_modules/@parley/react', name), 'utf8');

  beforeAll(async () => {
    folder = temporaryFolder();
    const packed = (await node(join(root, 'deploy/scripts/packages.mjs'), temporaryFolder())).split('\n');
    writeFileSync(join(folder, 'package.json'), '{ "private": true }');
    const others = reactPackages.map((name) => inNodeModules(name));
    await run(
      'npm',
      ...['install', '--offline', '--no-audit', '--no-fund', '--install-links', ...packed, ...others],
    );
    cpSync(new URL('fixtures/react-consumer.ts', import.meta.url), join(folder, 'consumer.ts'));
    const main = `import { hydrate, show } from './consumer.ts';
      const root = document.getElementById('root');
      globalThis.show = (settings) => show(settings, root);
      globalThis.hydrate = (settings) => { globalThis.differences = hydrate(settings, root); };`;
    writeFileSync(join(folder, 'main.js'), main);
    writeFileSync(join(folder, 'index.html'), '<script type="module" src="/main.js"></script>');
    target = await borrowEmbeddedTarget();
  });
  afterAll(() => target?.stop());

  test('contains only itself, and says what it needs', () => {
    const { version, ...manifest } = JSON.parse(installed('package.json'));
    expect(manifest).toMatchObject({
      name: '@parley/react',
      sideEffects: false,
      engines: { node: expect.stringMatching(/^>=20/) },
      peerDependencies: { '@parley/client': `^${version}`, react: '>=18' },
    });
    expect(manifest.dependencies).toBeUndefined();
    expect(installed('LICENSE')).toMatch(/^MIT License/);
    expect(installed('README.md')).not.toMatch(/\]\((?!https?:)/);
    const imports = [...installed('parley-react.mjs').matchAll(/\bfrom ?["']([^"']+)["']/g)];
    expect(new Set(imports.map(([, name]) => name))).toEqual(new Set(['react', '@parley/client']));
    expect(gzipSync(installed('parley-react.mjs')).length).toBeLessThanOrEqual(15_000);
  });

  test('passes a strict type check with the settings of Vite, like the package of the client', async () => {
    const compile = ['--target', 'es2022', '--module', 'esnext', '--moduleResolution', 'bundler', '--noEmit'];
    const strict = ['--strict', '--exactOptionalPropertyTypes', '--skipLibCheck', 'false'];
    const more = ['--verbatimModuleSyntax', '--isolatedModules', '--lib', 'ES2022,DOM'];
    await node(inNodeModules('typescript/bin/tsc'), ...compile, ...strict, ...more, 'consumer.ts');
  });

  test('passes a strict type check, and renders on a server, as a module and as CommonJS', async () => {
    const sources = ['consumer.mts', 'consumer.cts'];
    for (const source of sources) cpSync(join(folder, 'consumer.ts'), join(folder, source));
    const compile = ['--target', 'es2022', '--module', 'nodenext', '--lib', 'ES2022,DOM', '--outDir', 'out'];
    const strict = ['--strict', '--exactOptionalPropertyTypes', '--skipLibCheck', 'false'];
    await node(inNodeModules('typescript/bin/tsc'), ...compile, ...strict, ...sources);
    for (const loaded of ["import('./out/consumer.mjs')", "require('./out/consumer.cjs')"]) {
      // No server listens there: a request would fail.
      const program = `Promise.resolve(${loaded})
        .then(({ onServer }) => console.log(onServer('http://127.0.0.1:1')))`;
      const printed = await node('--input-type', 'commonjs', '--eval', program);
      expect([loaded, printed]).toEqual([loaded, '<p>loading</p>']);
    }
  });

  await whereBrowsersRun('in a page', (browser) => {
    let script: string;
    beforeAll(async () => {
      await node(inNodeModules('vite/bin/vite.js'), 'build', '--logLevel', 'error');
      const [file = ''] = readdirSync(join(folder, 'dist/assets'));
      script = readFileSync(join(folder, 'dist/assets', file), 'utf8');
    });
    /** A page with this content, the settings of its conversation, and their user. */
    const openPage = async (content = '') => {
      const ada = await someone('ada');
      const { id: roomId } = await ada.createRoom({ name: 'garden' });
      await ada.api.sendMessage({ roomId, content: 'hello from the server' });
      const html = `<!doctype html><div id="root">${content}</div>`;
      const page = await servePage(`${html}<script type="module">${script}</script>`);
      const tab = await browser().newPage();
      await tab.goto(page.origin);
      const login = { username: (await ada.me()).username, password };
      const close = async () => {
        await tab.close();
        page.stop();
      };
      return { ada, roomId, tab, settings: { url: target.url, roomId, login }, close };
    };

    test('takes over what a server has rendered, without a difference', async () => {
      const program = `import('./out/consumer.mjs')
        .then(({ onServer }) => console.log(onServer('${target.url}')))`;
      const rendered = await node('--input-type', 'commonjs', '--eval', program);
      const { tab, settings, close } = await openPage(rendered);
      await tab.getByText('loading').waitFor();
      await tab.evaluate(
        (settings) => (globalThis as unknown as { hydrate(settings: object): void }).hydrate(settings),
        settings,
      );
      await tab.getByText('hello from the server').waitFor();
      expect(await tab.evaluate('differences')).toEqual([]);
      await close();
    });

    test('shows a conversation after Vite has bundled it', async () => {
      const { ada, roomId, tab, settings, close } = await openPage();
      await tab.evaluate(
        (settings) => (globalThis as unknown as { show(settings: object): void }).show(settings),
        settings,
      );
      await tab.getByText('hello from the server').waitFor();
      await ada.api.sendMessage({ roomId, content: 'and a live one' });
      await tab.getByText('and a live one').waitFor();
      await tab.getByRole('button', { name: 'Answer' }).click();
      await tab.getByText('answer from a page').waitFor();
      await close();
    });
  });
});
