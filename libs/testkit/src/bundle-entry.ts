import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Records the sources of a bundle. The build of the programs writes the same. */
interface Receipt {
  bundle: string;
  /** The time of the last change of each source file. */
  sources: Record<string, number>;
}

const receipts = fileURLToPath(new URL('../../../dist/receipts/', import.meta.url));

/**
 * Returns a JavaScript bundle of a TypeScript file, which Node 20 does not run. A program has one
 * from the project's build. Any other file is bundled with its imports of our own into the
 * package's `dist/`. Bundles again only when a source file has changed: a run starts the same
 * programs in many test files.
 */
export async function bundleEntry(path: string): Promise<string> {
  if (!path.endsWith('.ts')) return path;
  const folder = join(packageFolder(path), 'dist', 'test-processes');
  const receipt = join(receipts, `${digest(path)}.json`);
  const known = readReceipt(receipt);
  if (known) return known.bundle;
  const startedAt = Date.now();
  const { outputFiles, metafile } = await build({
    entryPoints: [path],
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    sourcemap: 'inline',
    logLevel: 'silent',
    plugins: [
      {
        name: 'leave-libraries-outside',
        setup: ({ onResolve }) =>
          onResolve({ filter: /^[^./#]/ }, ({ path, kind }) => {
            if (kind === 'entry-point' || path.startsWith('@parley/')) return undefined;
            return { path, external: true };
          }),
      },
    ],
  });
  const text = outputFiles[0]?.contents ?? new Uint8Array();
  const bundle = join(folder, `${basename(path, '.ts')}-${digest(text)}.mjs`);
  if (!existsSync(bundle)) writeWhole(bundle, text);
  const sources = Object.fromEntries(
    Object.keys(metafile.inputs).map((source) => [resolve(source), statSync(source).mtimeMs]),
  );
  // A file that somebody edits meanwhile may not be in the bundle as it is now.
  if (Object.values(sources).every((changedAt) => changedAt < startedAt))
    writeWhole(receipt, JSON.stringify({ bundle, sources } satisfies Receipt));
  return bundle;
}

const digest = (content: string | Uint8Array) =>
  createHash('sha256').update(content).digest('hex').slice(0, 12);

/** Undefined when there is none, or when a source file has changed since. */
function readReceipt(path: string): Receipt | undefined {
  try {
    const receipt = JSON.parse(readFileSync(path, 'utf8')) as Receipt;
    const isCurrent = ([source, changedAt]: [string, number]) => statSync(source).mtimeMs === changedAt;
    return existsSync(receipt.bundle) && Object.entries(receipt.sources).every(isCurrent)
      ? receipt
      : undefined;
  } catch {
    return undefined;
  }
}

/** Writes, then renames: another test process may need the same file. */
function writeWhole(path: string, content: string | Uint8Array): void {
  const unfinished = `${path}.${crypto.randomUUID()}`;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(unfinished, content);
  renameSync(unfinished, path);
}

function packageFolder(path: string): string {
  const folder = dirname(path);
  return existsSync(join(folder, 'package.json')) || folder === dirname(folder)
    ? folder
    : packageFolder(folder);
}
