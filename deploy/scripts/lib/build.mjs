import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSdk } from './build-client.mjs';
import { buildWebClient } from './build-web-client.mjs';
import { isCurrent, writeReceipt } from './receipts.mjs';
import { root } from './root.mjs';
import { writeWhole } from './write-whole.mjs';

const output = join(root, 'dist');
const ownPath = relative(root, fileURLToPath(import.meta.url));
export const services = readdirSync(join(root, 'services'));

/** Bundle → its entry file. Lists only files that exist. */
function entries() {
  const mains = services.map((name) => [name, `services/${name}/src/main.ts`]);
  const others = [
    ['web', 'services/web/server/main.ts'],
    ['rotate-keys', 'services/auth/src/rotate-keys.ts'],
    ['erase-user', 'services/auth/src/erase-user.ts'],
    ['api-key', 'services/auth/src/api-key.ts'],
    ['dead-letters', 'deploy/dead-letters/main.ts'],
    ['embedded', 'deploy/embedded/main.ts'],
    ['stack', 'deploy/stack/main.ts'],
    ['bench', 'deploy/bench/main.ts'],
    ['bench-hub', 'deploy/bench/hub/main.ts'],
    ['bench-floor', 'deploy/bench/floor/main.ts'],
    ['bench-simple', 'deploy/bench/simple/main.ts'],
    ['bench-load', 'deploy/bench/load/main.ts'],
    ['simulate', 'deploy/simulate/main.ts'],
    ['cli', 'libs/client/src/cli/main.ts'],
    ['faults', 'deploy/faults/main.ts'],
    ['screenshots', 'deploy/screenshots/main.ts'],
  ];
  return [...mains, ...others].filter(([, path]) => existsSync(join(root, path)));
}

/**
 * Bundles every program, or the named ones, to `dist/<name>.js`, unless its sources are unchanged.
 * A bundle contains its libraries, because loading them as hundreds of files takes a process nearly
 * twice as long. They must stay installed: some read files of their own. `sdk` and `web-client` are
 * what the system serves to browsers.
 * @param {readonly string[]} [names]
 */
export async function build(names) {
  const isWanted = (name) => names?.includes(name) ?? true;
  await buildPrograms(isWanted);
  if (isWanted('sdk')) await buildSdk();
  if (isWanted('web-client')) await buildWebClient();
}

async function buildPrograms(isWanted) {
  const startedAt = Date.now();
  const outdated = entries().filter(([name, path]) => isWanted(name) && !isCurrent(path));
  if (outdated.length === 0) return;
  const esbuild = await import('esbuild');
  const { outputFiles, metafile } = await esbuild.build({
    entryPoints: Object.fromEntries(outdated),
    absWorkingDir: root,
    outdir: output,
    write: false,
    metafile: true,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    sourcemap: true,
    sourcesContent: false,
    minifyWhitespace: true,
    minifySyntax: true,
    banner: { js: `${requireForLibraries}\n` },
    logLevel: 'warning',
    external: librariesOutside,
    plugins: [librariesLoadFast, filesKeepTheirAddress, mapsAreSmall],
  });
  // Otherwise esbuild's process would live as long as this one.
  await esbuild.stop();
  mkdirSync(output, { recursive: true });
  for (const { path, contents } of outputFiles) writeWhole(path, contents);
  for (const [name, path] of outdated) {
    const { inputs } = metafile.outputs[`dist/${name}.js`];
    writeReceipt(path, join(output, `${name}.js`), [...Object.keys(inputs), ownPath], startedAt);
  }
}

const librariesOutside = [
  // Loaded on demand.
  ...['@opentelemetry/*', 'playwright-core', 'testcontainers'],
  // Not installed: knex requires them for other databases.
  ...['better-sqlite3', 'mariadb', 'mysql', 'mysql2', 'oracledb', 'pg-native', 'pg-query-stream'],
  ...['sqlite3', 'tedious'],
];

/**
 * Saves 40 ms per start of a service. Otherwise, `prom-client` would load dozens of files of
 * OpenTelemetry, and `pg` all of Node's `fetch`, to see whether it runs at Cloudflare.
 */
const librariesLoadFast = {
  name: 'libraries-load-fast',
  setup(bundler) {
    const { resolve } = createRequire(join(root, 'package.json'));
    bundler.onResolve({ filter: /^@opentelemetry\/api$/ }, ({ path, importer }) =>
      /[/\\]prom-client[/\\]/.test(importer) ? { path: resolve(path) } : undefined,
    );
    bundler.onLoad({ filter: /[/\\]node_modules[/\\]pg[/\\]lib[/\\]stream\.js$/ }, ({ path }) => {
      const contents = readFileSync(path, 'utf8').replace("typeof Response === 'function'", 'false');
      return { contents, loader: 'js' };
    });
  },
};

/** CommonJS libraries that read files of their own, or run them in a worker. */
const librariesWithFiles = ['bcrypt', 'esbuild', 'knex', 'pino', 'socket.io', 'thread-stream'];

/** CommonJS libraries call it for Node's own modules. */
const requireForLibraries = `import { createRequire as $createRequire } from 'node:module';
import { fileURLToPath as $fileURLToPath } from 'node:url';
const require = $createRequire(import.meta.url);
const $pathFromHere = (path) => $fileURLToPath(new URL(path, import.meta.url));`;

/**
 * Keeps `import.meta.url`, `__dirname` and `__filename` pointing at the source file, so that paths
 * relative to it still resolve.
 */
const filesKeepTheirAddress = {
  name: 'files-keep-their-address',
  setup(bundler) {
    const pathFromOutput = (path) => `'${relative(output, path).split(sep).join('/')}'`;
    bundler.onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      if (!text.includes('import.meta.url')) return undefined;
      const address = `new URL(${pathFromOutput(path)}, import.meta.url).href`;
      return { contents: text.replaceAll('import.meta.url', address), loader: 'ts' };
    });
    const libraries = new RegExp(
      `[/\\\\]node_modules[/\\\\](${librariesWithFiles.join('|')})[/\\\\].*\\.js$`,
    );
    bundler.onLoad({ filter: libraries }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      if (!/\b__(dirname|filename)\b/.test(text)) return undefined;
      const folder = `$pathFromHere(${pathFromOutput(dirname(path))})`;
      const file = `$pathFromHere(${pathFromOutput(path)})`;
      return { contents: `var __dirname = ${folder}, __filename = ${file};${text}`, loader: 'js' };
    });
  },
};

/**
 * Leaves libraries out of the source maps. Node parses a program's map when a stack is first read,
 * which takes most of a second with the libraries; amqplib reads one in every process.
 */
const mapsAreSmall = {
  name: 'maps-are-small',
  setup(bundler) {
    const map = Buffer.from('{"version":3,"sources":["library"],"mappings":"AAAA"}').toString('base64');
    const comment = `\n//# sourceMappingURL=data:application/json;base64,${map}\n`;
    bundler.onLoad({ filter: /[/\\]node_modules[/\\].*\.[cm]?js$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8') + comment,
      loader: 'js',
    }));
  },
};
