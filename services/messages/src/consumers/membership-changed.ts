import type { Consumer } from '@parley/bus';
import { type Envelope, makeEvent, parseEvent, type Submission } from '@parley/contracts';
import { toSubmissions } from '../domain/membership-submissions.ts';
import type { CommonContext } from '../usecases/context.ts';
import { endAccountItems } from '../usecases/end-account-items.ts';
import { planErasure } from '../usecases/plan-erasure.ts';

/**
 * Turns the directory's events about rooms and members into submissions to the room's only writer,
 * so joins and leaves are numbered among the messages. Submissions keep the event's id, so a
 * repeated event is recognised. An erased profile becomes submissions that rewrite the author's
 * messages.
 */
export function consumeMembershipChanged(context: CommonContext): Promise<Consumer> {
  return context.bus.consume('directory', 'messages', async (envelopes) => {
    const events = envelopes.flatMap((envelope) => parseEvent(envelope) ?? []);
    await submit(
      context,
      events.flatMap((event) => traced(event, toSubmissions(event, context.newId))),
    );
    await endAccountItems(context, events);
    for (const event of events) {
      if (event.type !== 'profile.erased') continue;
      for await (const submission of planErasure(context, event.data.userId))
        await submit(context, traced(event, [submission]));
    }
  });
}

async function submit(
  { bus, newId, clock }: CommonContext,
  submissions: readonly Submission[],
): Promise<void> {
  const partitions = new Map<number, Submission[]>();
  for (const submission of submissions) {
    const partition = bus.partitionOf('submissions', submission.roomId);
    partitions.set(partition, [...(partitions.get(partition) ?? []), submission]);
  }
  await Promise.all(
    [...partitions].map(([partition, items]) =>
      bus.publish(
        'submissions',
        partition,
        makeEvent('timeline.submitted', { origin: null, items }, { id: newId(), now: clock() }),
      ),
    ),
  );
}

/** Submissions continue the trace of their event. */
const traced = ({ trace }: Envelope, submissions: readonly Submission[]): Submission[] =>
  submissions.map((submission) => (trace ? { ...submission, trace } : submission));
