import { homedir } from 'node:os';
import { join } from 'node:path';
import { ParleyError } from '../parley-error.ts';
import { createProgram, isUsage } from './program.ts';
import { UsageError } from './usage-error.ts';

const { env, stdin, stdout, stderr } = process;
const settings = {
  url: env.PARLEY_URL || undefined,
  password: env.PARLEY_PASSWORD || undefined,
  folder: env.PARLEY_CONFIG_DIR || join(env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'parley'),
  noColor: Boolean(env.NO_COLOR),
};
// Whoever reads our output may have had enough.
stdout.on('error', () => process.exit());

try {
  const program = createProgram({ stdin, stdout, stderr }, settings);
  await program.parseAsync(process.argv.slice(2), { from: 'user' });
} catch (error) {
  process.exitCode = explain(error);
}

/** One line, and the exit code. */
function explain(error: unknown): number {
  if (isUsage(error)) {
    if (error.exitCode === 0) return 0;
    const said = error.code === 'commander.help' ? 'give a command; --help lists them' : error.message.replace(/^error: /, '');
    stderr.write(`parley: ${said}\n`);
    return 2;
  }
  const { code, message, fields } = error instanceof ParleyError ? error : { code: '', message: (error as Error).message, fields: [] };
  const details = fields.map(({ field, message }) => `${field}: ${message}`).join('; ');
  const hint = code === 'not_logged_in' || code === 'invalid_refresh_token' ? ' (parley login)' : '';
  stderr.write(`parley: ${message}${details && ` ${details}`}${hint}\n`.replace(/\s*\n\s*(?=.)/g, ' '));
  return error instanceof UsageError ? 2 : 1;
}
