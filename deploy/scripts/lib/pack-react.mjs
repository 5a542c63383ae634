import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleReact, reactDeclarations } from './build-react.mjs';
import { commonManifest, emptyPackageFolder, packFolder, readJson } from './pack-folder.mjs';

/**
 * @param {string} packages the folder of packages
 * @returns {Promise<string>} the path of the package
 */
export async function packReact(packages) {
  const folder = emptyPackageFolder(packages, 'parley-react');
  for (const ending of ['mjs', 'cjs']) {
    const { code, map } = await bundleReact(ending);
    writeFileSync(join(folder, `parley-react.${ending}`), code);
    writeFileSync(join(folder, `parley-react.${ending}.map`), map);
  }
  // The same types in the form of each module system.
  for (const ending of ['d.ts', 'd.mts', 'd.cts'])
    copyFileSync(reactDeclarations, join(folder, `parley-react.${ending}`));
  return packFolder(folder, 'libs/react', manifest());
}

function manifest() {
  const { version } = readJson('libs/client/package.json');
  const file = (ending, types) => ({ types: `./parley-react.${types}`, default: `./parley-react.${ending}` });
  return {
    ...commonManifest('libs/react'),
    description: 'Hooks for chats in React, on the client of Parley',
    peerDependencies: { '@parley/client': `^${version}`, react: '>=18' },
    exports: { '.': { import: file('mjs', 'd.mts'), require: file('cjs', 'd.cts') } },
    // For tools that do not read `exports`.
    main: './parley-react.cjs',
    module: './parley-react.mjs',
    types: './parley-react.d.ts',
  };
}
