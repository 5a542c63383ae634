import { copyFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleClient, clientFiles, declarations } from './build-client.mjs';
import { commonManifest, emptyPackageFolder, packFolder, read, readJson } from './pack-folder.mjs';
import { root } from './root.mjs';

/**
 * @param {string} packages the folder of packages
 * @returns {Promise<string>} the path of the package
 */
export async function packClient(packages) {
  const folder = emptyPackageFolder(packages, 'parley-client');
  const libraries = new Set();
  for (const name of clientFiles) {
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
  writeFileSync(join(folder, 'LICENSES-OF-LIBRARIES'), [...libraries].sort().map(licenseOf).join('\n'));
  return packFolder(folder, 'libs/client', manifest());
}

function manifest() {
  const file = (ending, types) => ({
    types: `./parley-client.${types}`,
    default: `./parley-client.${ending}`,
  });
  return {
    ...commonManifest('libs/client'),
    description: 'The typed client of Parley, a chat backend',
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
  const { name, version } = readJson(`${folder}/package.json`);
  const file = readdirSync(join(root, folder)).find((each) => /^licen[cs]e/i.test(each));
  if (!file) throw new Error(`${folder} has no license file`);
  return `${name} ${version}\n\n${read(`${folder}/${file}`)}`;
}
