import { mkdirSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deleteOlderBuilds } from './delete-older-builds.mjs';
import { isCurrent, writeReceipt } from './receipts.mjs';
import { root } from './root.mjs';
import { writeWhole } from './write-whole.mjs';

const web = join(root, 'services/web');
const configFile = join(web, 'vite.config.ts');
const output = join(root, 'dist/web-client');
const ownPath = relative(root, fileURLToPath(import.meta.url));

/**
 * Writes the web client to `dist/web-client`, unless its sources are unchanged. Files of the
 * build before stay.
 */
export async function buildWebClient() {
  if (isCurrent('web-client')) return;
  const startedAt = Date.now();
  const { output: files } = await buildWithVite();
  const isPage = ({ fileName }) => fileName === 'index.html';
  // The page comes last, because it names the others.
  for (const file of files.toSorted((a, b) => Number(isPage(a)) - Number(isPage(b)))) {
    const path = join(output, file.fileName);
    mkdirSync(dirname(path), { recursive: true });
    writeWhole(path, file.type === 'chunk' ? file.code : file.source);
  }
  const assets = files.filter(({ fileName }) => fileName.startsWith('assets/'));
  deleteOlderBuilds(
    join(output, 'assets'),
    assets.map(({ fileName }) => basename(fileName)),
  );
  const modules = files.flatMap((file) =>
    file.type === 'chunk' ? file.moduleIds : file.originalFileNames.map((name) => resolve(web, name)),
  );
  const sources = [configFile, join(web, 'index.html'), ...modules]
    .map((path) => relative(root, path.split('?')[0]))
    // Others are virtual, or libraries, which change with package-lock.json only.
    .filter((path) => /^(services|libs)[/\\][^\0]+$/.test(path));
  writeReceipt('web-client', join(output, 'index.html'), [...new Set(sources), ownPath], startedAt);
}

/** Vite sets `NODE_ENV` of its process, which our own programs and tests would inherit. */
async function buildWithVite() {
  const { build } = await import('vite');
  const { NODE_ENV: before } = process.env;
  try {
    return await build({ configFile, logLevel: 'warn', build: { write: false } });
  } finally {
    if (before === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = before;
  }
}
