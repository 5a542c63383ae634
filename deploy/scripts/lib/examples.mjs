import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './root.mjs';

/**
 * Writes the examples of the libraries' READMEs to `dist/examples/`, which is part of the program
 * that the type check compiles.
 */
export function writeExamples() {
  const folder = join(root, 'dist/examples');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(join(root, 'libs'))) {
    const readme = readFileSync(join(root, 'libs', name, 'README.md'), 'utf8');
    const examples = readme.matchAll(/^```(tsx?)\n([\s\S]*?)^```/gm);
    for (const [index, [, ending, example]] of [...examples].entries())
      writeFileSync(join(folder, `${name}-${index + 1}.${ending}`), `${example}export {};\n`);
  }
}
