import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import type { Streams } from './context.ts';
import { UsageError } from './usage-error.ts';

/**
 * Asks at the terminal. With `secret`, the input is hidden.
 * @throws UsageError without a terminal, naming the alternative
 */
export async function ask(
  { stdin, stderr }: Streams,
  question: string,
  options: { secret?: boolean; instead: string },
): Promise<string> {
  if (!stdin.isTTY) throw new UsageError(`${question} is needed: give ${options.instead}`);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  stderr.write(`${question}: `);
  const lines = createInterface({ input: stdin, output: options.secret ? nowhere : stderr, terminal: true });
  return new Promise((resolve, reject) => {
    lines.once('line', (line) => {
      lines.removeAllListeners('close');
      lines.close();
      if (options.secret) stderr.write('\n');
      resolve(line);
    });
    lines.once('SIGINT', () => lines.close());
    lines.once('close', () => {
      stderr.write('\n');
      reject(new UsageError(`${question} is needed`));
    });
  });
}
