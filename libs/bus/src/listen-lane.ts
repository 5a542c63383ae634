import type { Envelope, Topic } from '@parley/contracts';
import type { Logger } from '@parley/runtime';
import { BatchLane } from './batch-lane.ts';
import type { ReadEvent } from './wire.ts';

/** A lane for `listen`: one event at a time. Errors are logged and never retried. */
export function listenLane<D extends ReadEvent>(options: {
  topic: Topic;
  handler: (event: Envelope) => void | Promise<void>;
  done?: (deliveries: readonly D[]) => void;
  logger: Logger;
}): BatchLane<D> {
  const { topic, handler, logger, done = () => undefined } = options;
  return new BatchLane<D>({
    maxBatch: 1,
    maxAttempts: 1,
    handle: async ([event]) => {
      if (!event) return;
      try {
        await handler(event);
      } catch (error) {
        logger.error(
          { err: error, topic, eventId: event.id, eventType: event.type },
          'a listener failed; it skips this event',
        );
      }
    },
    done,
    bury: async (delivery) => done([delivery]),
    logger,
  });
}
