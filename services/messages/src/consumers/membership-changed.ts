import type { Bus, Consumer } from '@parley/bus';
import { type Envelope, makeEvent, parseEvent, type Submission } from '@parley/contracts';
import type { Clock } from '@parley/runtime';
import { toSubmissions } from '../domain/membership-submissions.ts';
import type { PlanErasure } from '../usecases/plan-erasure.ts';

interface Deps {
  bus: Bus;
  erasure: PlanErasure;
  newId: () => string;
  clock: Clock;
}

/**
 * Turns the directory's events about rooms and members into submissions to the room's only writer,
 * so joins and leaves are numbered among the messages. Submissions keep the event's id, so a
 * repeated event is recognised. An erased profile becomes submissions that rewrite the author's
 * messages.
 */
export function consumeMembershipChanged(deps: Deps): Promise<Consumer> {
  return deps.bus.consume('directory', 'messages', async (envelopes) => {
    const events = envelopes.flatMap((envelope) => parseEvent(envelope) ?? []);
    await submit(
      deps,
      events.flatMap((event) => traced(event, toSubmissions(event, deps.newId))),
    );
    for (const event of events) {
      if (event.type !== 'profile.erased') continue;
      for await (const submission of deps.erasure.run(event.data.userId))
        await submit(deps, traced(event, [submission]));
    }
  });
}

async function submit({ bus, newId, clock }: Deps, submissions: readonly Submission[]): Promise<void> {
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
