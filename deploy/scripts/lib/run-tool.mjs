import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './root.mjs';

const summary = /^\d+ passed, \d+ failed$/;

const show = (chunk) => process.stdout.write(chunk);

/**
 * Runs a Node program from `node_modules` in the project's folder, and forwards signals to it.
 * @param {(chunk: Buffer) => void} [onOutput] receives its output. @default shows it
 * @param {AbortSignal} [stopping] terminates it
 * @returns {Promise<{ ok: boolean, lastLine: string }>}
 */
export async function runTool(file, args, env = {}, onOutput = show, stopping = undefined) {
  const colors = process.stdout.isTTY && !process.env.NO_COLOR ? { FORCE_COLOR: '1' } : {};
  const child = spawn(process.execPath, [join(root, 'node_modules', file), ...args], {
    cwd: root,
    env: { ...process.env, ...colors, ...env },
    stdio: ['ignore', 'pipe', onOutput === show ? 'inherit' : 'pipe'],
  });
  let tail = '';
  child.stdout.on('data', (chunk) => {
    onOutput(chunk);
    tail = (tail + chunk).slice(-1_000);
  });
  child.stderr?.on('data', onOutput);
  const deliver = (signal) => child.kill(signal);
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, deliver);
  const stop = () => child.kill();
  stopping?.addEventListener('abort', stop, { once: true });
  if (stopping?.aborted) stop();
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.removeListener(signal, deliver);
  stopping?.removeEventListener('abort', stop);
  return { ok: code === 0, lastLine: tail.trimEnd().split('\n').at(-1) ?? '' };
}

/**
 * Runs the requested tests, or all of them after installing what they need. The last line on stdout
 * is `N passed, M failed`, even if the run breaks off before it can count.
 * @param {AbortSignal} [stopping] ends the run
 */
export async function runTests(args, stopping) {
  const env = { PARLEY_INSTALL_TOOLS: args.length === 0 ? '1' : '0' };
  const { ok, lastLine } = await runTool(
    'vitest/vitest.mjs',
    ['run', '--config', 'libs/testkit/vitest.config.ts', ...args],
    env,
    show,
    stopping,
  );
  if (!summary.test(lastLine)) console.log('The tests broke off.\n0 passed, 1 failed');
  return ok && summary.test(lastLine);
}
