import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './lock.mjs';
import { root } from './root.mjs';

const oldestNode = [20, 19];
const installedPackages = 'node_modules/.package-lock.json';

/**
 * Installs the packages of `package-lock.json`. Runs nothing and uses no network if they are
 * present. Processes that start at the same time in one folder install in turn.
 * @param {{ productionOnly?: boolean }} options `productionOnly`: accepts missing development
 *   packages, and leaves them out of a first installation
 */
export function ensureInstalled({ productionOnly = false } = {}) {
  checkNode();
  if (missingPackages(productionOnly) === 0) return;
  const installed = withLock(join(root, 'dist', 'install.lock'), () => {
    // Another process may have installed them while this one waited.
    const missing = missingPackages(productionOnly);
    return missing === 0 || install(missing, productionOnly);
  });
  if (!installed) process.exit(1);
}

/** How many there are. */
function missingPackages(productionOnly) {
  const wanted = readPackages('package-lock.json');
  const installed = readPackages(installedPackages);
  return Object.entries(wanted).filter(
    ([path, entry]) =>
      isNeeded(path, entry, productionOnly) &&
      (installed[path]?.version !== entry.version || !existsSync(join(root, path))),
  ).length;
}

function install(count, productionOnly) {
  const isFirst = Object.keys(readPackages(installedPackages)).length === 0;
  console.error(`Installing ${count} packages; this is done once and takes about a minute …`);
  // `npm ci` deletes node_modules first, which would break a Parley that runs from this folder.
  // Later calls only add packages.
  const command = isFirst ? ['ci'] : ['install', '--no-save'];
  const kinds = [isFirst && productionOnly ? '--omit=dev' : '--include=dev', '--include=optional'];
  return runNpm([...command, ...kinds, '--no-fund', '--no-audit', '--loglevel=error']);
}

/**
 * npm omits `optional` packages on some systems. A workspace is its own folder, so only its link
 * counts.
 */
const isNeeded = (path, entry, productionOnly) =>
  path.startsWith('node_modules/') || path.includes('/node_modules/')
    ? !entry.optional && !(productionOnly && (entry.dev || entry.devOptional))
    : false;

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(join(root, file), 'utf8')).packages ?? {};
  } catch (error) {
    if (error.code === 'ENOENT') return {};
    throw error;
  }
}

/** Writes to stderr, because stdout belongs to the command's own output. */
function runNpm(args) {
  // Under `npm run`, this is the npm that runs this script.
  const own = process.env.npm_execpath;
  const [program, first] = own?.endsWith('npm-cli.js') ? [process.execPath, [own]] : ['npm', []];
  const { status, error } = spawnSync(program, [...first, ...args], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  const ok = !error && status === 0;
  if (!ok)
    console.error(
      `npm ${args[0]} failed${error ? ` (${error.message})` : ''}; see above. Nothing was started.`,
    );
  return ok;
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return;
  console.error(`Parley needs Node ${oldestNode.join('.')} or newer; this is ${process.versions.node}.`);
  process.exit(1);
}
