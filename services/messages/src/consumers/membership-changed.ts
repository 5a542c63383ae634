import type { Bus, Consumer } from '@parley/bus';
import { makeEvent, parseEvent, type Submission } from '@parley/contracts';
import type { Clock } from '@parley/runtime';
import { toSubmissions } from '../domain/membership-submissions.ts';

/**
 * What the directory tells of rooms and members enters timelines by the same way as messages: as submissions to the room's one writer, so
 * that joins and leaves are numbered among the messages. The event's id is kept, so a repeated one is recognised.
 */
export function consumeMembershipChanged(deps: { bus: Bus; newId: () => string; clock: Clock }): Promise<Consumer> {
  return deps.bus.consume('directory', 'messages', async (envelopes) => {
    const submissions = envelopes.flatMap((envelope) => {
      const event = parseEvent(envelope);
      const submissions = event ? toSubmissions(event, deps.newId) : [];
      return envelope.trace ? submissions.map((submission) => ({ ...submission, trace: envelope.trace })) : submissions;
    });
    const partitions = new Map<number, Submission[]>();
    for (const submission of submissions) {
      const partition = deps.bus.partitionOf('submissions', submission.roomId);
      partitions.set(partition, [...(partitions.get(partition) ?? []), submission]);
    }
    await Promise.all(
      [...partitions].map(([partition, items]) =>
        deps.bus.publish(
          'submissions',
          partition,
          makeEvent('timeline.submitted', { origin: null, items }, { id: deps.newId(), now: deps.clock() }),
        ),
      ),
    );
  });
}
