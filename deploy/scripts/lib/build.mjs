import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { root } from './root.mjs';

const output = join(root, 'dist');

/** Bundle → its entry file. Lists only files that exist. */
function entries() {
  const services = readdirSync(join(root, 'services')).map((name) => [name, `services/${name}/src/main.ts`]);
  const others = [
    ['rotate-keys', 'services/auth/src/rotate-keys.ts'],
    ['erase-user', 'services/auth/src/erase-user.ts'],
    ['dead-letters', 'deploy/dead-letters/main.ts'],
    ['embedded', 'deploy/embedded/main.ts'],
    ['stack', 'deploy/stack/main.ts'],
    ['bench', 'deploy/bench/main.ts'],
    ['bench-hub', 'deploy/bench/hub/main.ts'],
    ['bench-floor', 'deploy/bench/floor/main.ts'],
    ['bench-simple', 'deploy/bench/simple/main.ts'],
    ['bench-load', 'deploy/bench/load/main.ts'],
    ['cli', 'libs/client/src/cli/main.ts'],
    ['faults', 'deploy/faults/main.ts'],
  ];
  return [...services, ...others].filter(([, path]) => existsSync(join(root, path)));
}

/**
 * Bundles every program, or the named ones, to `dist/<name>.js`. Bundles contain only our own code;
 * libraries stay in `node_modules`. Leaves a file with unchanged content alone.
 * @param {readonly string[]} [names]
 */
export async function build(names) {
  const esbuild = await import('esbuild');
  const { outputFiles } = await esbuild.build({
    entryPoints: Object.fromEntries(entries().filter(([name]) => names?.includes(name) ?? true)),
    absWorkingDir: root,
    outdir: output,
    write: false,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    sourcemap: true,
    logLevel: 'warning',
    plugins: [librariesStayOutside, filesKeepTheirAddress],
  });
  // Otherwise esbuild's process would live as long as this one.
  await esbuild.stop();
  mkdirSync(output, { recursive: true });
  for (const { path, contents } of outputFiles) writeWhole(path, contents);
}

/**
 * Bundles run from `dist/`, so an import that resolves to a nested `node_modules` is replaced by
 * its file.
 */
const librariesStayOutside = {
  name: 'libraries-stay-outside',
  setup(bundler) {
    bundler.onResolve({ filter: /^[^./]/ }, async ({ path, kind, importer, resolveDir, pluginData }) => {
      if (kind === 'entry-point' || path.startsWith('@parley/') || pluginData === 'inner') return undefined;
      const name = path.split('/', path.startsWith('@') ? 2 : 1).join('/');
      if (path.startsWith('node:') || !hasOwnCopy(name, resolveDir)) return { path, external: true };
      const found = await bundler.resolve(path, { kind, importer, resolveDir, pluginData: 'inner' });
      return {
        path: relative(output, found.path).split(sep).join('/'),
        external: true,
        errors: found.errors,
      };
    });
  },
};

function hasOwnCopy(name, folder) {
  if (folder === root || folder === dirname(folder)) return false;
  return existsSync(join(folder, 'node_modules', name)) || hasOwnCopy(name, dirname(folder));
}

/**
 * Keeps `import.meta.url` pointing at the source file, so that paths relative to it still resolve.
 */
const filesKeepTheirAddress = {
  name: 'files-keep-their-address',
  setup(bundler) {
    bundler.onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      if (!text.includes('import.meta.url')) return undefined;
      const fromOutput = relative(output, path).split(sep).join('/');
      return {
        contents: text.replaceAll('import.meta.url', `new URL('${fromOutput}', import.meta.url).href`),
        loader: 'ts',
      };
    });
  },
};

/** Writes, then renames: another start may be reading or writing the same file. */
function writeWhole(path, contents) {
  if (existsSync(path) && readFileSync(path).equals(contents)) return;
  const unfinished = `${path}.${process.pid}`;
  writeFileSync(unfinished, contents);
  renameSync(unfinished, path);
}
