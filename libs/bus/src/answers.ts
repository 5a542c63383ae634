import { AppError, type ErrorData } from '@parley/errors';
import type { Logger } from '@parley/runtime';
import { read, write } from './wire.ts';

/** What comes back from a call. */
type Answer = { result?: unknown } | { error: ErrorData };

/** Answers a call, as text. Never rejects: what goes wrong is an answer too. */
export async function answerCall(method: string, ask: () => unknown, logger: Logger): Promise<string> {
  try {
    return write({ result: await ask() } satisfies Answer);
  } catch (error) {
    const failure = AppError.from(error);
    if (failure.code === 'server_error') logger.error({ err: error, method }, 'answering a call failed');
    return write({ error: failure.toData() } satisfies Answer);
  }
}

/** @throws AppError the server's */
export function readAnswer(text: string): unknown {
  const answer = read(text) as Answer;
  if ('error' in answer) throw AppError.fromData(answer.error);
  return answer.result;
}
