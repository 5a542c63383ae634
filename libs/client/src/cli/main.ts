import { homedir } from 'node:os';
import { join } from 'node:path';
import { ParleyError } from '../parley-error.ts';
import { createProgram, isUsage } from './program.ts';
import { ShownError } from './shown-error.ts';
import { UsageError } from './usage-error.ts';

const { env, stdin, stdout, stderr } = process;
/** How the user started this program. */
const command = env.npm_command === 'exec' ? 'npx parley' : 'parley';
const settings = {
  url: env.PARLEY_URL || undefined,
  password: env.PARLEY_PASSWORD || undefined,
  folder: env.PARLEY_CONFIG_DIR || join(env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'parley'),
  noColor: Boolean(env.NO_COLOR),
  command,
};
// The reader of our output may close it early.
stdout.on('error', () => process.exit());
// Nothing is left that could settle the command. Node would exit with code 13 and say nothing.
process.once('beforeExit', () => {
  stderr.write('parley: stopped without a result. Please report this.\n');
  process.exit(1);
});

const login = `(${command} login)`;
const address = 'Give another address with --url or PARLEY_URL.';
const hints: Record<string, string> = {
  not_logged_in: login,
  invalid_refresh_token: login,
  session_revoked: login,
  username_taken: login,
  network: address,
  timeout: address,
  not_parley: address,
};

try {
  const program = createProgram({ stdin, stdout, stderr }, settings);
  await program.parseAsync(process.argv.slice(2), { from: 'user' });
} catch (error) {
  process.exitCode = explain(error);
}
// In a frozen network, abandoned requests would keep the process running until they time out.
stdout.write('', () => process.exit());

/** Prints an error as one line. Returns the exit code. */
function explain(error: unknown): number {
  if (isUsage(error)) {
    if (error.exitCode === 0) return 0;
    const said =
      error.code === 'commander.help'
        ? 'give a command; --help lists them'
        : error.message.replace(/^error: /, '');
    stderr.write(`parley: ${said}\n`);
    return 2;
  }
  if (error instanceof ShownError) return 1;
  const said = (error as Error).message;
  const hint = error instanceof ParleyError ? hints[error.code] : undefined;
  stderr.write(`parley: ${said}${hint ? ` ${hint}` : ''}\n`.replace(/\s*\n\s*(?=.)/g, ' '));
  return error instanceof UsageError ? 2 : 1;
}
