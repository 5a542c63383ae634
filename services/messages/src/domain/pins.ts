import { AppError } from '@parley/errors';

/** Pinned messages of a room. */
export const maxPins = 100;

export const tooManyPins = (): AppError =>
  new AppError('limit_reached', {
    detail: `At most ${maxPins} messages of a room are pinned. Remove a pin first.`,
  });
