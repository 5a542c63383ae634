import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { root } from './root.mjs';

export const read = (path) => readFileSync(join(root, path), 'utf8');
export const readJson = (path) => JSON.parse(read(path));

/** Creates the folder of a package in `packages`, without what an earlier run has left. */
export function emptyPackageFolder(packages, name) {
  const folder = join(packages, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** The common part of the packages' manifests. `library` is a folder: `libs/client`. */
export function commonManifest(library) {
  const { engines, license } = readJson('package.json');
  const { name, version } = readJson(`${library}/package.json`);
  return { name, version, license, engines, type: 'module', sideEffects: false };
}

/**
 * Adds the manifest, README and license of the library, and packs the folder next to it.
 * @returns the path of the package
 */
export function packFolder(folder, library, manifest) {
  copyFileSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
  // Links into the repository lead nowhere from a package.
  const readme = read(`${library}/README.md`).replace(/\[([^\]]+)\]\((?!https?:)[^)]+\)/g, '$1');
  writeFileSync(join(folder, 'README.md'), readme);
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  const packages = dirname(folder);
  const [program, first] = npm();
  const args = [...first, 'pack', '--silent', '--ignore-scripts', '--pack-destination', packages, folder];
  const output = execFileSync(program, args, { cwd: root, encoding: 'utf8' });
  return join(packages, basename(output.trim()));
}

/** Under `npm run`, the npm that runs this script. */
function npm() {
  const own = process.env.npm_execpath;
  return own?.endsWith('npm-cli.js') ? [process.execPath, [own]] : ['npm', []];
}
