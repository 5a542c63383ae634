import type { Membership, RoomState, Submission, SubmissionOf } from '@parley/contracts';
import { revealPositions } from '../stores/position-changes.ts';
import { closeRoom, saveMembers, saveRooms } from '../stores/rooms.ts';
import type { Context } from './context.ts';

/**
 * Updates the read model of rooms and members from those submissions that are about them, sometimes
 * ahead of the event (`calls.revokeAccess`). `appendEntries` adds the timeline rows of joins and
 * leaves.
 */
export async function recordMembership(
  { db, clock }: Context,
  submissions: readonly Submission[],
): Promise<void> {
  const rooms: RoomState[] = [];
  const members: (Membership & { active: boolean })[] = [];
  for (const submission of submissions) {
    if (submission.op === 'join' || submission.op === 'room') rooms.push(submission.room);
    if (submission.op === 'join' || submission.op === 'member')
      members.push({ ...submission.membership, active: true });
    if (submission.op === 'leave') members.push(gone(submission));
  }
  await saveRooms(db, rooms);
  const sending = submissions.flatMap((submission) =>
    submission.op === 'member' && submission.membership.canSend ? [submission.membership] : [],
  );
  if (sending.length > 0) await revealPositions(db, sending);
  await saveMembers(db, members);
  for (const { op, roomId } of submissions)
    if (op === 'close') await closeRoom(db, roomId, new Date(clock()));
}

const gone = ({ roomId, version, by }: SubmissionOf<'leave'>) => ({
  roomId,
  ...by,
  role: 'member' as const,
  canSend: false,
  version,
  active: false,
});
