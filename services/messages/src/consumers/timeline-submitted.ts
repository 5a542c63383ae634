import {
  acrossPartitions,
  type BatchHandler,
  type CombinedHandler,
  type Consumer,
  type PartitionBatch,
} from '@parley/bus';
import type { Submission, SubmittedBatch } from '@parley/contracts';
import { AppError, isOutage } from '@parley/errors';
import { inOrder } from '../domain/in-order.ts';
import { type Outcome, type Outcomes, refused } from '../domain/outcome.ts';
import type { CommonContext, Context } from '../usecases/context.ts';
import { writeBatch } from '../usecases/write-batch.ts';
import { BatchAnswers } from './batch-answers.ts';
import { TimelinePublisher } from './timeline-publisher.ts';
import { traceOutcomes } from './trace-outcomes.ts';
import type { WriterMetrics } from './writer-metrics.ts';

/** Events per batch; each may hold many submissions. */
const maxBatch = 200;
/**
 * Events of a partition that are being written or wait for their confirmation: more than arrive at
 * full rate while changes are gathered and confirmed.
 */
const prefetch = 1_000;

/**
 * Gives each room one writer: one replica at a time reads a partition of `submissions`. It writes
 * everything that has queued up in all of its partitions together, publishes the changes to the
 * gateways, replies to the authors whom no change answers, and gathers the changes for `timeline`,
 * which serves all other services. New messages are published before edits and reactions are
 * written. The next batch does not wait until the broker has confirmed them, but the submissions
 * are acknowledged only then. After a crash in between they are redelivered, recognised and
 * published again.
 *
 * A batch concerns one database: each has its own batches, which do not wait for each other.
 */
export async function consumeTimelineSubmitted(
  { bus, databases }: CommonContext,
  metrics: WriterMetrics,
): Promise<Consumer> {
  const writers = databases.map(
    (context): Writer => ({
      context,
      deps: { metrics, timeline: new TimelinePublisher(context) },
    }),
  );
  const handler = acrossPartitions((parts, { context, deps }: Writer) => handle(context, deps, parts), {
    maxEvents: maxBatch,
    keyOf: (partition) => writers.ofShare(partition),
  });
  const consumer = await bus.consume(
    'submissions',
    'messages',
    databases.all.length > 1 ? holdPaused(databases, handler) : handler,
    { maxBatch, prefetch },
  );
  return {
    close: async () => {
      await consumer.close();
      await Promise.all(writers.all.map(({ deps }) => deps.timeline.close()));
    },
  };
}

/** Submissions to a share that is being moved wait. */
const holdPaused = (databases: CommonContext['databases'], handler: BatchHandler): BatchHandler =>
  Object.assign(
    async (...[events, at]: Parameters<BatchHandler>) => {
      await databases.untilShareWritable(at.partition);
      return (await handler(events, at)) ?? undefined;
    },
    { turnOf: handler.turnOf },
  );

interface WriterDeps {
  metrics: WriterMetrics;
  timeline: TimelinePublisher;
}

/** Of one database. */
interface Writer {
  context: Context;
  deps: WriterDeps;
}

const toPart = ({ partition, events }: PartitionBatch) => {
  const batches = events.map((event) => event.data as SubmittedBatch);
  return { partition, batches, submissions: batches.flatMap((batch) => batch.items) };
};

async function handle(
  context: Context,
  { metrics, timeline }: WriterDeps,
  combined: readonly PartitionBatch[],
): ReturnType<CombinedHandler> {
  const { clock, tracing } = context;
  const parts = combined.map(toPart);
  const submissions = parts.flatMap((part) => part.submissions);
  const answers = new BatchAnswers(
    context,
    parts.flatMap((part) => part.batches),
  );
  const stop = metrics.started(submissions.length);
  const since = clock();
  const answer = (outcomes: Iterable<[Submission, Outcome]>) => {
    const open = answers.unanswered(outcomes);
    if (tracing) traceOutcomes(tracing, since, open);
    answers.answer(open);
  };
  const mark = timeline.mark(parts);
  const outcomes = await writeAll({ ...context, mark }, submissions, answer).catch((error: unknown) => {
    timeline.abandon();
    throw error;
  });
  stop(outcomes);
  answer(zip(submissions, outcomes));

  context.changedRooms.add(outcomes.flatMap(({ changes }) => changes));
  const left = [...outcomes];
  const gathered = new Map(
    parts.map(({ partition, submissions }) => {
      const own = left.splice(0, submissions.length);
      // A submission that failed may have stored a part. The marks stay, so that it is published.
      const hasFailed = own.some(isFailure);
      if (hasFailed) timeline.abandon();
      const ownChanges = inOrder(own.flatMap((outcome) => outcome.changes));
      return [partition, timeline.publish(partition, hasFailed ? undefined : mark, ownChanges)] as const;
    }),
  );
  return (partition) => Promise.all([answers.replied(), gathered.get(partition)]);
}

function* zip<A, B>(these: readonly A[], those: readonly B[]): Generator<[A, B]> {
  for (const [index, that] of those.entries()) {
    const one = these[index];
    if (one !== undefined) yield [one, that];
  }
}

const isFailure = ({ answer }: Outcome): boolean =>
  answer instanceof AppError && answer.code === 'server_error';

/**
 * An outage stops the partition until it is over. Any other failure is caused by a single
 * submission; writing them one by one finds it.
 * @param appended called with the outcomes of new rows as soon as they are stored
 */
async function writeAll(
  context: Context,
  submissions: Submission[],
  appended?: (outcomes: Outcomes) => void,
): Promise<Outcome[]> {
  try {
    return await writeBatch(context, submissions, appended);
  } catch (error) {
    if (isOutage(error) || AppError.from(error).code === 'unavailable') throw AppError.from(error);
    const [only] = submissions;
    // An event without submissions: the bus makes it a dead letter.
    if (!only) throw error;
    if (submissions.length === 1) {
      context.logger.error(
        { err: error, op: only.op, roomId: only.roomId, submissionId: only.id },
        'a submission could not be written; its author receives server_error',
      );
      return [refused('server_error')];
    }
  }
  const outcomes: Outcome[] = [];
  for (const submission of submissions) outcomes.push(...(await writeAll(context, [submission])));
  return outcomes;
}
