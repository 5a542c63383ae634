import { mkdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isCurrent, writeReceipt } from './receipts.mjs';
import { root } from './root.mjs';
import { writeWhole } from './write-whole.mjs';

const client = join(root, 'libs/client');

/** The parts that pages load only when they need them, by their modules. */
const apart = { 'copy-check': 'parley-client-copy-check.js', account: 'parley-client-account.js' };
const partsApart = {
  name: 'parts-apart',
  setup(bundler) {
    for (const [module, file] of Object.entries(apart))
      bundler.onResolve({ filter: new RegExp(`^\\./${module}\\.ts$`) }, ({ kind }) =>
        kind === 'dynamic-import' ? { path: `./${file}`, external: true } : undefined,
      );
  },
};

/** A bot has a key, which a page would show to everybody. */
const withoutBots = {
  name: 'without-bots',
  setup(bundler) {
    bundler.onLoad({ filter: /libs.client.src.bot\.ts$/ }, () => ({
      contents: `export function createBot() {
        throw new Error('A page must not contain a key. Run bots with Node.');
      }
      export { createBot as Bot };`,
    }));
  },
};

const common = {
  entryPoints: [join(client, 'src/index.ts')],
  absWorkingDir: root,
  write: false,
  bundle: true,
  metafile: true,
  legalComments: 'none',
  logLevel: 'warning',
};
const forNode = {
  ...common,
  platform: 'node',
  target: 'node20',
  // Compiled parts of `ws`, which it uses if they are there.
  external: ['bufferutil', 'utf-8-validate'],
};
const forBrowsers = { ...common, platform: 'browser', target: 'es2022', format: 'esm', minify: true };
const variants = {
  'parley-client.js': { ...forBrowsers, plugins: [partsApart, withoutBots] },
  ...Object.fromEntries(
    Object.entries(apart).map(([module, file]) => [
      file,
      { ...forBrowsers, entryPoints: [join(client, `src/${module}.ts`)] },
    ]),
  ),
  'parley-client.mjs': {
    ...forNode,
    format: 'esm',
    // The libraries that it contains require modules of Node.
    banner: {
      js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);",
    },
  },
  'parley-client.cjs': { ...forNode, format: 'cjs' },
};

/** `.js` is for browsers, and `.mjs` and `.cjs` for Node. */
export const clientFiles = Object.keys(variants);

/**
 * Bundles the client with everything that it needs.
 * @param {string} name one of `clientFiles`
 * @returns {Promise<{ content: string, sources: string[] }>}
 */
export async function bundleClient(name) {
  const esbuild = await import('esbuild');
  const { outputFiles, metafile } = await esbuild.build(variants[name]);
  // Otherwise esbuild's process would live as long as this one.
  await esbuild.stop();
  const [{ text }] = outputFiles;
  const content = variants[name].platform === 'browser' ? await smallest(name, text) : text;
  return { content, sources: Object.keys(metafile.inputs) };
}

/** Saves another fiftieth of what pages load. */
async function smallest(name, text) {
  const { minify } = await import('vite');
  const { code, errors } = await minify(name, text, { module: true });
  if (errors.length > 0) throw new Error(`${name}: ${errors[0].message}`);
  return code;
}

/** The types of the client, which a test compares with its source. */
export const declarations = join(client, 'parley-client.d.ts');

/** Writes what the system serves under `/sdk` to `dist/sdk`, unless its sources are unchanged. */
export async function buildSdk() {
  if (isCurrent('sdk')) return;
  const startedAt = Date.now();
  const folder = join(root, 'dist/sdk');
  mkdirSync(folder, { recursive: true });
  const bundles = [];
  for (const name of clientFiles.filter((file) => file.endsWith('.js'))) {
    const bundle = await bundleClient(name);
    writeWhole(join(folder, name), bundle.content);
    bundles.push(bundle);
  }
  writeWhole(join(folder, 'parley-client.d.ts'), readFileSync(declarations));
  const others = [declarations, fileURLToPath(import.meta.url)].map((path) => relative(root, path));
  const sources = bundles.flatMap((bundle) => bundle.sources);
  writeReceipt('sdk', join(folder, 'parley-client.js'), [...new Set(sources), ...others], startedAt);
}
