import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { bundleClient, declarations } from './build-client.mjs';
import { root } from './root.mjs';

const read = (path) => readFileSync(join(root, path), 'utf8');

/** @returns {Promise<string>} the path of the package */
export async function packClient() {
  const packages = join(root, 'dist/packages');
  const folder = join(packages, 'parley-client');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const libraries = new Set();
  for (const name of ['parley-client.js', 'parley-client.mjs', 'parley-client.cjs']) {
    const bundle = await bundleClient(name);
    writeFileSync(join(folder, name), bundle.content);
    for (const source of bundle.sources) {
      const [library] = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(source) ?? [];
      if (library) libraries.add(library);
    }
  }
  // The same types in the form of each module system.
  for (const ending of ['d.ts', 'd.mts', 'd.cts'])
    copyFileSync(declarations, join(folder, `parley-client.${ending}`));
  copyFileSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
  writeFileSync(join(folder, 'LICENSES-OF-LIBRARIES'), [...libraries].sort().map(licenseOf).join('\n'));
  // Links into the repository lead nowhere from a package.
  const readme = read('libs/client/README.md').replace(/\[([^\]]+)\]\((?!https?:)[^)]+\)/g, '$1');
  writeFileSync(join(folder, 'README.md'), readme);
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest(), null, 2)}\n`);
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

function manifest() {
  const { engines, license } = JSON.parse(read('package.json'));
  const { name, version } = JSON.parse(read('libs/client/package.json'));
  const file = (ending, types) => ({
    types: `./parley-client.${types}`,
    default: `./parley-client.${ending}`,
  });
  return {
    name,
    version,
    description: 'The typed client of Parley, a chat backend',
    license,
    engines,
    type: 'module',
    sideEffects: false,
    exports: {
      '.': { browser: file('js', 'd.ts'), import: file('mjs', 'd.mts'), require: file('cjs', 'd.cts') },
    },
    // For tools that do not read `exports`.
    main: './parley-client.cjs',
    module: './parley-client.mjs',
    types: './parley-client.d.ts',
  };
}

/** The bundles contain these libraries, whose licenses demand that their text goes with them. */
function licenseOf(folder) {
  const { name, version } = JSON.parse(read(`${folder}/package.json`));
  const file = readdirSync(join(root, folder)).find((each) => /^licen[cs]e/i.test(each));
  if (!file) throw new Error(`${folder} has no license file`);
  return `${name} ${version}\n\n${read(`${folder}/${file}`)}`;
}
