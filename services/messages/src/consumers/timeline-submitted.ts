import { acrossPartitions, type CombinedHandler, type Consumer, type PartitionBatch } from '@parley/bus';
import type { Submission, SubmissionReply, SubmittedBatch } from '@parley/contracts';
import { AppError, isOutage } from '@parley/errors';
import { type Outcome, refused } from '../domain/outcome.ts';
import type { Context } from '../usecases/context.ts';
import { writeBatch } from '../usecases/write-batch.ts';
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
 * which serves all other services. The next batch does not wait until the broker has confirmed
 * them, but the submissions are acknowledged only then. After a crash in between they are
 * redelivered, recognised and published again.
 */
export async function consumeTimelineSubmitted(context: Context, metrics: WriterMetrics): Promise<Consumer> {
  const { bus } = context;
  const timeline = new TimelinePublisher(context);
  const consumer = await bus.consume(
    'submissions',
    'messages',
    acrossPartitions((parts) => handle(context, { metrics, timeline }, parts), { maxEvents: maxBatch }),
    { maxBatch, prefetch },
  );
  return {
    close: async () => {
      await consumer.close();
      await timeline.close();
    },
  };
}

const toPart = ({ partition, events }: PartitionBatch) => {
  const batches = events.map((event) => event.data as SubmittedBatch);
  return { partition, batches, submissions: batches.flatMap((batch) => batch.items) };
};

async function handle(
  context: Context,
  { metrics, timeline }: { metrics: WriterMetrics; timeline: TimelinePublisher },
  combined: readonly PartitionBatch[],
): ReturnType<CombinedHandler> {
  const { bus, clock, tracing } = context;
  const parts = combined.map(toPart);
  const batches = parts.flatMap((part) => part.batches);
  const submissions = parts.flatMap((part) => part.submissions);
  const stop = metrics.started(submissions.length);
  const since = clock();
  const mark = timeline.mark(parts);
  const outcomes = await writeAll({ ...context, mark }, submissions).catch((error: unknown) => {
    timeline.abandon();
    throw error;
  });
  stop(outcomes);
  if (tracing) traceOutcomes(tracing, since, submissions, outcomes);

  const changes = outcomes.flatMap((outcome) => outcome.changes);
  const reply = (needed: (submission: Submission, outcome: Outcome) => boolean) =>
    Promise.all(
      [...repliesByOrigin(batches, outcomes, needed)].map(([origin, replies]) =>
        bus.reply(origin, { replies }),
      ),
    );
  const published = context.publisher.publish(changes);
  const replied = sharedUntilFailure(() =>
    Promise.all([
      reply((one, outcome) => !isAnsweredByChange(one, outcome)),
      published.then((late) =>
        reply((one, outcome) => late.has(one.roomId) && isAnsweredByChange(one, outcome)),
      ),
    ]),
  );
  const left = [...outcomes];
  const gathered = new Map(
    parts.map(({ partition, submissions }) => {
      const own = left.splice(0, submissions.length);
      // A submission that failed may have stored a part. The marks stay, so that it is published.
      const hasFailed = own.some(isFailure);
      if (hasFailed) timeline.abandon();
      const ownChanges = own.flatMap((outcome) => outcome.changes);
      return [partition, timeline.publish(partition, hasFailed ? undefined : mark, ownChanges)] as const;
    }),
  );
  return (partition) => Promise.all([replied(), gathered.get(partition)]);
}

/** Runs the work once for all callers, and again after it has failed. */
function sharedUntilFailure(work: () => Promise<unknown>): () => Promise<unknown> {
  let running: Promise<unknown> | undefined;
  return () => {
    running ??= work().catch((error: unknown) => {
      running = undefined;
      throw error;
    });
    return running;
  };
}

const isFailure = ({ answer }: Outcome): boolean =>
  answer instanceof AppError && answer.code === 'server_error';

/**
 * An outage stops the partition until it is over. Any other failure is caused by a single
 * submission; writing them one by one finds it.
 */
async function writeAll(context: Context, submissions: Submission[]): Promise<Outcome[]> {
  try {
    return await writeBatch(context, submissions);
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

/**
 * Whether the published message acknowledges its submission. A repeated one was published before,
 * and gateways drop what they have delivered.
 */
const isAnsweredByChange = (submission: Submission, { answer, changes }: Outcome): boolean =>
  submission.op === 'send' &&
  submission.answeredBy === 'change' &&
  changes.length > 0 &&
  'repeated' in answer &&
  !answer.repeated;

function repliesByOrigin(
  batches: SubmittedBatch[],
  outcomes: Outcome[],
  needed: (submission: Submission, outcome: Outcome) => boolean,
): Map<string, SubmissionReply[]> {
  const replies = new Map<string, SubmissionReply[]>();
  let index = 0;
  for (const { origin, items } of batches) {
    for (const submission of items) {
      const outcome = outcomes[index++];
      if (!origin || !outcome || !needed(submission, outcome)) continue;
      const { ref } = submission;
      const { answer } = outcome;
      const own = replies.get(origin) ?? [];
      own.push(
        answer instanceof AppError
          ? { ref, ok: false, error: answer.toData() }
          : { ref, ok: true, data: answer },
      );
      replies.set(origin, own);
    }
  }
  return replies;
}
