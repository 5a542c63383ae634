import { build } from './lib/build.mjs';
import { writeExamples } from './lib/examples.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { proseFindings } from './lib/prose.mjs';
import { runTests, runTool } from './lib/run-tool.mjs';

// `npm run verify`: every check that a change must pass; CI runs the same. Given names, runs only
// those checks.
// TypeScript's native compiler takes less processor time. Other tools need the package
// `typescript` with its API.
const typesOf = (project, cache) => [
  'typescript-native/bin/tsc',
  ['-p', project, '--incremental', '--tsBuildInfoFile', `node_modules/.cache/${cache}.tsbuildinfo`],
];
const checks = {
  lint: [['@biomejs/biome/bin/biome', ['check', '--error-on-warnings', '.']]],
  // The web client alone has the types of browsers.
  typecheck: [typesOf('tsconfig.base.json', 'types'), typesOf('services/web/tsconfig.json', 'web-types')],
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

const failed = [];
async function report(check) {
  const { name, ok, output } = await check;
  process.stdout.write(`\n── ${name}\n${output}`);
  if (!ok) failed.push(name);
}

/** Stops the tests if the type check fails, which takes longest and occupies one processor only. */
async function runTestsBeside(typecheck) {
  const stopping = new AbortController();
  const checked = report(typecheck).then(() => {
    if (failed.length === 0) return;
    console.log('\nFailed: typecheck. The tests were stopped.');
    stopping.abort();
  });
  console.log('\n── test');
  await build();
  const ok = await runTests([], stopping.signal);
  await checked;
  return ok && failed.length === 0;
}

if (asked.length > 0) {
  for (const check of asked.map(runCheck)) await report(check);
  if (failed.length > 0) console.log(`\nFailed: ${failed.join(', ')}.`);
  process.exitCode = failed.length > 0 ? 1 : 0;
} else {
  const [lint, typecheck, boundaries] = ['lint', 'typecheck', 'boundaries'].map(runCheck);
  await report(lint);
  await report(boundaries);
  if (failed.length === 0) process.exitCode = (await runTestsBeside(typecheck)) ? 0 : 1;
  else {
    await report(typecheck);
    console.log(`\nFailed: ${failed.join(', ')}. The tests were not run.\n0 passed, ${failed.length} failed`);
    process.exitCode = 1;
  }
}
