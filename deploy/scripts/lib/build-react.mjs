import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './root.mjs';

const react = join(root, 'libs/react');

/** An application has one copy of each, or hooks would not find their provider. */
const peers = ['react', '@parley/client'];

/** Many files import the same from a peer. The bundle does so once, which makes it smaller. */
const onceFromEachPeer = {
  name: 'once-from-each-peer',
  setup(bundler) {
    const filter = new RegExp(`^(${peers.join('|')})$`);
    bundler.onResolve({ filter }, ({ path, namespace }) =>
      namespace === 'peer' ? { path, external: true } : { path, namespace: 'peer', sideEffects: false },
    );
    bundler.onLoad({ filter, namespace: 'peer' }, ({ path }) => ({
      contents: `export { ${[...importedFrom(path)].join(', ')} } from '${path}';`,
    }));
  },
};

/** The values that the sources import from a peer. */
function importedFrom(peer) {
  const imports = new RegExp(`^import \\{([^}]*)\\} from '${peer}';`, 'gm');
  const sources = readdirSync(join(react, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => /(?<!\.test)\.ts$/.test(path))
    .map((path) => readFileSync(join(react, 'src', path), 'utf8'));
  const names = sources
    .flatMap((source) => [...source.matchAll(imports)])
    .flatMap(([, list]) => list.split(',').map((name) => name.trim().split(' as ')[0]));
  return new Set(names.filter((name) => name !== '' && !name.startsWith('type ')));
}

const common = {
  absWorkingDir: root,
  write: false,
  bundle: true,
  legalComments: 'none',
  logLevel: 'warning',
  target: 'es2022',
  minify: true,
  // For tools that show stacks with the names of the sources.
  sourcemap: 'external',
  outdir: root,
  platform: 'neutral',
  plugins: [onceFromEachPeer],
  // Tells frameworks with server components that hooks run in the client.
  banner: { js: "'use client';" },
};
const formats = { mjs: 'esm', cjs: 'cjs' };

/**
 * Bundles the hooks. One module serves browsers and Node, because it uses nothing of either.
 * @param {keyof typeof formats} ending
 * @returns {Promise<{ code: Uint8Array, map: Uint8Array }>}
 */
export async function bundleReact(ending) {
  const esbuild = await import('esbuild');
  const name = `parley-react.${ending}`;
  const { outputFiles } = await esbuild.build({
    ...common,
    entryPoints: [{ in: join(react, 'src/index.ts'), out: 'parley-react' }],
    outExtension: { '.js': `.${ending}` },
    format: formats[ending],
  });
  // Otherwise esbuild's process would live as long as this one.
  await esbuild.stop();
  const contents = (file) => outputFiles.find(({ path }) => path.endsWith(`/${file}`)).contents;
  return { code: contents(name), map: contents(`${name}.map`) };
}

/** The types of the hooks, which a test compares with their source. */
export const reactDeclarations = join(react, 'parley-react.d.ts');
