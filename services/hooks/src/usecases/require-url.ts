import { EgressError } from '@parley/egress';
import { AppError } from '@parley/errors';
import type { Context } from './context.ts';

/** @throws AppError `validation_failed` for a URL that the guard refuses */
export function requireUrl({ egress }: Context, url: string): void {
  try {
    egress.check(url);
  } catch (error) {
    if (!(error instanceof EgressError)) throw error;
    const { message } = error;
    throw new AppError('validation_failed', {
      fields: [{ field: 'url', message, reason: 'format' }],
      detail: `url: ${message}`,
    });
  }
}
