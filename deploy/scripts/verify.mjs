import { build } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { runTests, runTool } from './lib/run-tool.mjs';
import { wideLines } from './lib/widths.mjs';

// `npm run verify`: every check that a change must pass; CI runs the same. Given names, runs only
// those checks.
const checks = {
  lint: [['@biomejs/biome/bin/biome', ['check', '--error-on-warnings', '.']]],
  typecheck: [
    [
      'typescript/bin/tsc',
      [
        '-p',
        'tsconfig.base.json',
        '--incremental',
        '--tsBuildInfoFile',
        'node_modules/.cache/types.tsbuildinfo',
      ],
    ],
  ],
  boundaries: [
    [
      'dependency-cruiser/bin/dependency-cruise.mjs',
      ['--config', '.dependency-cruiser.cjs', 'libs', 'services', 'deploy'],
    ],
    // Exports that no other file imports.
    ['knip/bin/knip.js', ['--no-config-hints']],
  ],
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !Object.hasOwn(checks, name));
if (unknown.length > 0) {
  console.error(`There is no check ${unknown.join(', ')}: there are ${Object.keys(checks).join(', ')}.`);
  process.exit(2);
}

ensureInstalled();
const failed = [];
for (const name of asked.length > 0 ? asked : Object.keys(checks)) {
  console.log(`\n── ${name}`);
  let ok = true;
  for (const tool of checks[name]) ok = (await runTool(...tool)).ok && ok;
  const wide = name === 'lint' ? wideLines() : [];
  if (wide.length > 0) console.log(wide.join('\n'));
  if (!ok || wide.length > 0) failed.push(name);
}
if (failed.length > 0) {
  console.log(`\nFailed: ${failed.join(', ')}.${asked.length > 0 ? '' : ' The tests were not run.'}`);
  if (asked.length === 0) console.log(`0 passed, ${failed.length} failed`);
  process.exitCode = 1;
} else if (asked.length === 0) {
  console.log('\n── test');
  await build();
  process.exitCode = (await runTests([])) ? 0 : 1;
}
