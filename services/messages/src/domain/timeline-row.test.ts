import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesInSync, type TimelineRow, toSyncChange } from './timeline-row.ts';

test('property: no row takes more bytes in a sync than its upper bound', () => {
  const date = fc.date({ min: new Date(0), max: new Date('2999-12-31'), noInvalidDate: true });
  const number = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
  const text = fc.string({ unit: 'binary', maxLength: 60 });
  const row: fc.Arbitrary<TimelineRow> = fc.record({
    isBot: fc.constant(true as const),
    roomId: fc.uuid(),
    seq: number,
    changedSeq: number,
    id: fc.uuid(),
    kind: fc.constantFrom('message', 'joined', 'left'),
    senderId: fc.uuid(),
    senderName: text,
    clientKey: fc.option(text),
    content: text,
    replyTo: fc.option(fc.uuid()),
    isEncrypted: fc.boolean(),
    threadRootSeq: fc.option(number),
    alsoInRoom: fc.constantFrom(true, null),
    reactions: fc.option(
      fc.array(fc.record({ reaction: text, count: number, userIds: fc.array(fc.uuid(), { maxLength: 3 }) }), {
        maxLength: 3,
      }),
    ),
    reason: fc.constantFrom('left', 'removed', null),
    mentions: fc.option(
      fc.array(fc.oneof(fc.record({ userId: fc.uuid(), start: number, length: number }), fc.constant({})), {
        maxLength: 3,
      }),
    ),
    createdAt: date,
    editedAt: fc.option(date),
    deletedAt: fc.option(date),
    pinnedAt: fc.option(date),
    pinnedBy: fc.option(fc.uuid()),
  });
  fc.assert(
    fc.property(row, (one) => {
      expect(Buffer.byteLength(JSON.stringify(toSyncChange(one)))).toBeLessThan(bytesInSync(one));
    }),
    { seed: 7, numRuns: 500 },
  );
});
