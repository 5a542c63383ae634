import { mkdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isCurrent, writeReceipt } from './receipts.mjs';
import { root } from './root.mjs';
import { writeWhole } from './write-whole.mjs';

const client = join(root, 'libs/client');
const engine = 'node_modules/engine.io-client/build/esm';

/** Both sides of a session would need it, and the server does not offer it. */
const withoutWebTransport = {
  name: 'without-web-transport',
  setup(bundler) {
    bundler.onLoad({ filter: /engine\.io-client.build.esm.transports.webtransport\.js$/ }, () => ({
      contents: 'export class WT {}',
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
  // Not the variant for Node, which logs.
  alias: { 'engine.io-client': join(root, engine, 'index.js') },
  plugins: [withoutWebTransport],
};
const forNode = {
  ...common,
  platform: 'node',
  target: 'node20',
  // Compiled parts of `ws`, which it uses if they are there.
  external: ['bufferutil', 'utf-8-validate'],
};
const variants = {
  'parley-client.js': { ...common, platform: 'browser', target: 'es2022', format: 'esm', minify: true },
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

/**
 * Bundles the client with everything that it needs. `parley-client.js` is for browsers, and `.mjs`
 * and `.cjs` for Node.
 * @param {keyof typeof variants} name
 * @returns {Promise<{ content: Uint8Array, sources: string[] }>}
 */
export async function bundleClient(name) {
  const esbuild = await import('esbuild');
  const { outputFiles, metafile } = await esbuild.build(variants[name]);
  // Otherwise esbuild's process would live as long as this one.
  await esbuild.stop();
  return { content: outputFiles[0].contents, sources: Object.keys(metafile.inputs) };
}

/** The types of the client, which a test compares with its source. */
export const declarations = join(client, 'parley-client.d.ts');

/** Writes what the system serves under `/sdk` to `dist/sdk`, unless its sources are unchanged. */
export async function buildSdk() {
  if (isCurrent('sdk')) return;
  const startedAt = Date.now();
  const bundle = join(root, 'dist/sdk/parley-client.js');
  mkdirSync(join(root, 'dist/sdk'), { recursive: true });
  const { content, sources } = await bundleClient('parley-client.js');
  writeWhole(bundle, content);
  writeWhole(join(root, 'dist/sdk/parley-client.d.ts'), readFileSync(declarations));
  const others = [declarations, fileURLToPath(import.meta.url)].map((path) => relative(root, path));
  writeReceipt('sdk', bundle, [...sources, ...others], startedAt);
}
