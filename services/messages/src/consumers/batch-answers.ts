import type { Submission, SubmissionReply, SubmittedBatch } from '@parley/contracts';
import { AppError } from '@parley/errors';
import type { Outcome, Outcomes } from '../domain/outcome.ts';
import type { Context } from '../usecases/context.ts';

/**
 * Publishes the changes of a batch to the gateways and replies to the authors whom no change
 * answers. New rows may be published before the rest of the batch is written.
 */
export class BatchAnswers {
  readonly #context: Pick<Context, 'bus' | 'publisher'>;
  readonly #batches: readonly SubmittedBatch[];
  readonly #answered = new Set<Submission>();
  readonly #replies: (() => Promise<unknown>)[] = [];

  constructor(context: Pick<Context, 'bus' | 'publisher'>, batches: readonly SubmittedBatch[]) {
    this.#context = context;
    this.#batches = batches;
  }

  /** Those that have not been answered yet. */
  unanswered(outcomes: Iterable<[Submission, Outcome]>): Outcomes {
    return new Map([...outcomes].filter(([submission]) => !this.#answered.has(submission)));
  }

  /** Publishes the changes, and begins to reply. */
  answer(outcomes: Outcomes): void {
    for (const submission of outcomes.keys()) this.#answered.add(submission);
    const changes = [...outcomes.values()].flatMap((outcome) => outcome.changes);
    const published = this.#context.publisher.publish(changes);
    const replied = sharedUntilFailure(() => this.#reply(outcomes, published));
    this.#replies.push(replied);
    // A failure is met again by `replied`.
    replied().catch(() => undefined);
  }

  /** Resolves when the broker has confirmed all replies. Repeats those that have failed. */
  replied(): Promise<unknown> {
    return Promise.all(this.#replies.map((replied) => replied()));
  }

  #reply(outcomes: Outcomes, published: Promise<ReadonlySet<string>>): Promise<unknown> {
    const reply = (needed: (submission: Submission, outcome: Outcome) => boolean) =>
      Promise.all(
        [...repliesByOrigin(this.#batches, outcomes, needed)].map(([origin, replies]) =>
          this.#context.bus.reply(origin, { replies }),
        ),
      );
    return Promise.all([
      reply((one, outcome) => !isAnsweredByChange(one, outcome)),
      published.then((late) =>
        reply((one, outcome) => late.has(one.roomId) && isAnsweredByChange(one, outcome)),
      ),
    ]);
  }
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
  batches: readonly SubmittedBatch[],
  outcomes: Outcomes,
  needed: (submission: Submission, outcome: Outcome) => boolean,
): Map<string, SubmissionReply[]> {
  const replies = new Map<string, SubmissionReply[]>();
  for (const { origin, items } of batches) {
    for (const submission of items) {
      const outcome = outcomes.get(submission);
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
