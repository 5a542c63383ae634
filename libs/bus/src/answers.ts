import { AppError, type ErrorData } from '@parley/errors';
import type { Logger } from '@parley/runtime';
import { read, write } from './wire.ts';

type Answer = { result?: unknown } | { error: ErrorData };

/** Runs a handler and serializes its result or error. Never rejects: an error is an answer too. */
export async function answerCall(method: string, ask: () => unknown, logger: Logger): Promise<string> {
  try {
    return write({ result: await ask() } satisfies Answer);
  } catch (error) {
    const failure = AppError.from(error);
    if (failure.code === 'server_error')
      logger.error({ err: error, method }, 'a call handler failed; the caller gets server_error');
    return write({ error: failure.toData() } satisfies Answer);
  }
}

/** @throws AppError the server's error */
export function readAnswer(text: string): unknown {
  const answer = read(text) as Answer;
  if ('error' in answer) throw AppError.fromData(answer.error);
  return answer.result;
}
