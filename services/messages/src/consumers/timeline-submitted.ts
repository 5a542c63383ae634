import type { Bus, Conclusion, Consumer } from '@parley/bus';
import {
  type Envelope,
  makeEvent,
  type Submission,
  type SubmissionReply,
  type SubmittedBatch,
} from '@parley/contracts';
import { AppError, isOutage } from '@parley/errors';
import type { Clock, Logger } from '@parley/runtime';
import type { Tracing } from '@parley/tracing';
import { type Outcome, refused, type WriteBatch } from '../usecases/write-batch.ts';
import { traceOutcomes } from './trace-outcomes.ts';
import type { WriterMetrics } from './writer-metrics.ts';

interface Deps {
  bus: Bus;
  write: WriteBatch;
  newId: () => string;
  clock: Clock;
  logger: Logger;
  metrics: WriterMetrics;
  tracing?: Tracing | undefined;
}

/** Most events taken at once; each may hold many submissions. */
const maxBatch = 200;

/**
 * One room has one writer: each partition of `submissions` is read by one replica at a time. It takes what has queued up, writes it, and
 * tells the authors and the members. The broker takes a while to make sure of that, and the next batch does not wait for it; but only then are
 * the deliveries let go: a crash in between means that they come again, are recognised, and are told again.
 */
export function consumeTimelineSubmitted(deps: Deps): Promise<Consumer> {
  return deps.bus.consume(
    'submissions',
    'messages',
    (events, { partition }) => handle(deps, events, partition),
    { maxBatch },
  );
}

async function handle(deps: Deps, events: Envelope[], partition: number): Promise<Conclusion> {
  const batches = events.map((event) => event.data as SubmittedBatch);
  const submissions = batches.flatMap((batch) => batch.items);
  const stop = deps.metrics.started(submissions.length);
  const since = deps.clock();
  const outcomes = await writeAll(deps, submissions);
  stop(outcomes);
  if (deps.tracing) traceOutcomes(deps.tracing, since, submissions, outcomes);

  const changes = outcomes.flatMap((outcome) => outcome.changes);
  const replies = [...repliesByOrigin(batches, outcomes)];
  const event =
    changes.length > 0
      ? makeEvent('timeline.changed', { changes }, { id: deps.newId(), now: deps.clock() })
      : undefined;
  return () =>
    Promise.all([
      ...replies.map(([origin, mail]) => deps.bus.reply(origin, { replies: mail })),
      // Both topics are split by room in the same way.
      event && deps.bus.publish('timeline', partition, event),
    ]);
}

/** An outage stops the partition until it is over. Anything else is some submission's own fault: found by writing them one by one. */
async function writeAll(deps: Deps, submissions: Submission[]): Promise<Outcome[]> {
  try {
    return await deps.write.write(submissions);
  } catch (error) {
    if (isOutage(error) || AppError.from(error).code === 'unavailable') throw AppError.from(error);
    const [only] = submissions;
    if (submissions.length === 1 && only) {
      deps.logger.error(
        { err: error, op: only.op, roomId: only.roomId, submissionId: only.id },
        'a submission could not be written',
      );
      return [refused(new AppError('server_error'))];
    }
  }
  const outcomes: Outcome[] = [];
  for (const submission of submissions) outcomes.push(...(await writeAll(deps, [submission])));
  return outcomes;
}

function repliesByOrigin(batches: SubmittedBatch[], outcomes: Outcome[]): Map<string, SubmissionReply[]> {
  const replies = new Map<string, SubmissionReply[]>();
  let index = 0;
  for (const { origin, items } of batches) {
    for (const { ref } of items) {
      const answer = outcomes[index++]?.answer;
      if (!origin || !answer) continue;
      const mail = replies.get(origin) ?? [];
      mail.push(
        answer instanceof AppError
          ? { ref, ok: false, error: answer.toData() }
          : { ref, ok: true, data: answer },
      );
      replies.set(origin, mail);
    }
  }
  return replies;
}
