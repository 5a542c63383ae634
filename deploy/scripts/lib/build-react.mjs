import { join } from 'node:path';
import { root } from './root.mjs';

const react = join(root, 'libs/react');

const common = {
  entryPoints: [join(react, 'src/index.ts')],
  absWorkingDir: root,
  write: false,
  bundle: true,
  legalComments: 'none',
  logLevel: 'warning',
  target: 'es2022',
  // Names stay, so that stacks can be read.
  minifySyntax: true,
  minifyWhitespace: true,
  platform: 'neutral',
  // An application has one copy of each, or hooks would not find their provider.
  external: ['react', '@parley/client'],
  // Tells frameworks with server components that hooks run in the client.
  banner: { js: "'use client';" },
};
const formats = { mjs: 'esm', cjs: 'cjs' };

/**
 * Bundles the hooks. One module serves browsers and Node, because it uses nothing of either.
 * @param {keyof typeof formats} ending
 * @returns {Promise<Uint8Array>}
 */
export async function bundleReact(ending) {
  const esbuild = await import('esbuild');
  const { outputFiles } = await esbuild.build({ ...common, format: formats[ending] });
  // Otherwise esbuild's process would live as long as this one.
  await esbuild.stop();
  return outputFiles[0].contents;
}

/** The types of the hooks, which a test compares with their source. */
export const reactDeclarations = join(react, 'parley-react.d.ts');
