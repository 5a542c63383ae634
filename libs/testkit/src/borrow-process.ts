import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { inject } from 'vitest';
import type { LoanAnswer, LoanRequest } from './runner/lender.ts';

declare module 'vitest' {
  interface ProvidedContext {
    lenderPort: number;
  }
}

export interface BorrowedProcess {
  /** The match of its ready line. */
  match: string[];
  /** Returns it for the next test file. */
  giveBack(): void;
}

/**
 * Borrows a program that the run shares: only one file uses it at a time, until `giveBack()`. It
 * keeps the data of earlier files, so use unique names. It runs in its own empty folder.
 * @param ready matches a line that the program prints when it is ready
 * @param lenderPort @default the run's lender
 */
export async function borrowProcess(
  entry: URL,
  ready: RegExp,
  options: Pick<LoanRequest, 'args' | 'env'> & Partial<Pick<LoanRequest, 'onSharedServers'>>,
  lenderPort = inject('lenderPort'),
): Promise<BorrowedProcess> {
  const request: LoanRequest = {
    entry: fileURLToPath(entry),
    ready: ready.source,
    onSharedServers: false,
    ...options,
  };
  const socket = connect(lenderPort, '127.0.0.1');
  const lines = createInterface({ input: socket });
  socket.write(`${JSON.stringify(request)}\n`);
  const [line] = (await once(lines, 'line')) as [string];
  const answer = JSON.parse(line) as LoanAnswer;
  if ('error' in answer) {
    socket.destroy();
    throw new Error(answer.error);
  }
  return { match: answer.match, giveBack: () => void socket.destroy() };
}
