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
 * What the directory tells of rooms and members enters timelines by the same way as messages: as submissions to the room's one writer, so
 * that joins and leaves are numbered among the messages. The event's id is kept, so a repeated one is recognised.
 * So does what an erased author's messages have to become, piece by piece.
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

/** What an event asks for belongs to its trace. */
const traced = ({ trace }: Envelope, submissions: readonly Submission[]): Submission[] =>
  submissions.map((submission) => (trace ? { ...submission, trace } : submission));
