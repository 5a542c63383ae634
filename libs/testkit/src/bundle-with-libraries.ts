import { build } from 'esbuild';

/**
 * Writes a program for Node and all of its libraries into one file, which loads faster.
 * @param define expressions, and the constants that replace them
 */
export async function bundleWithLibraries(
  entry: string,
  outfile: string,
  define: Record<string, string>,
): Promise<void> {
  await build({
    entryPoints: [entry],
    outfile,
    define,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    logLevel: 'warning',
    // Compiled parts of `ws`, which it uses if they are there.
    external: ['bufferutil', 'utf-8-validate'],
    // The libraries require modules of Node.
    banner: {
      js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);",
    },
  });
}
