import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { build } from 'esbuild';

/**
 * Bundles a TypeScript file with its imports of our own into the package's `dist/`, because Node 20
 * does not run TypeScript. Returns the bundle's path. Other files stay unchanged.
 */
export async function bundleEntry(path: string): Promise<string> {
  if (!path.endsWith('.ts')) return path;
  const { outputFiles } = await build({
    entryPoints: [path],
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    sourcemap: 'inline',
    logLevel: 'silent',
    plugins: [
      {
        name: 'leave-libraries-outside',
        setup: ({ onResolve }) =>
          onResolve({ filter: /^[^./]/ }, ({ path, kind }) => {
            if (kind === 'entry-point' || path.startsWith('@parley/')) return undefined;
            return { path, external: true };
          }),
      },
    ],
  });
  const text = outputFiles[0]?.contents ?? new Uint8Array();
  const folder = join(packageFolder(path), 'dist', 'test-processes');
  const bundle = join(
    folder,
    `${basename(path, '.ts')}-${createHash('sha256').update(text).digest('hex').slice(0, 12)}.mjs`,
  );
  if (existsSync(bundle)) return bundle;
  mkdirSync(folder, { recursive: true });
  // Written, then renamed: another test process may need the same bundle.
  const unfinished = `${bundle}.${crypto.randomUUID()}`;
  writeFileSync(unfinished, text);
  renameSync(unfinished, bundle);
  return bundle;
}

function packageFolder(path: string): string {
  const folder = dirname(path);
  return existsSync(join(folder, 'package.json')) || folder === dirname(folder)
    ? folder
    : packageFolder(folder);
}
