import { build } from './lib/build.mjs';
import { writeExamples } from './lib/examples.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { proseFindings } from './lib/prose.mjs';
import { runTests, runTool } from './lib/run-tool.mjs';

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
/** Keeps its output together, because the checks run at the same time. */
async function runCheck(name) {
  if (name === 'typecheck') writeExamples();
  const output = [];
  const results = checks[name].map(([file, args]) => runTool(file, args, {}, (chunk) => output.push(chunk)));
  const findings = name === 'lint' ? proseFindings() : [];
  const ok = (await Promise.all(results)).every((result) => result.ok) && findings.length === 0;
  return { name, ok, output: Buffer.concat(output) + findings.map((line) => `${line}\n`).join('') };
}

const running = (asked.length > 0 ? asked : Object.keys(checks)).map(runCheck);
const failed = [];
for (const check of running) {
  const { name, ok, output } = await check;
  process.stdout.write(`\n── ${name}\n${output}`);
  if (!ok) failed.push(name);
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
