import type { Membership, RoomState, Submission, SubmissionOf } from '@parley/contracts';
import type { Database } from '@parley/database';
import type { Clock } from '@parley/runtime';
import type { RoomStore } from '../stores/room-store.ts';

/**
 * Updates the read model of rooms and members, sometimes ahead of the event (`calls.revokeAccess`).
 * `AppendEntries` adds the timeline rows of joins and leaves.
 */
export class RecordMembership {
  readonly #db: Database;
  readonly #rooms: RoomStore;
  readonly #clock: Clock;

  constructor(deps: { db: Database; rooms: RoomStore; clock: Clock }) {
    this.#db = deps.db;
    this.#rooms = deps.rooms;
    this.#clock = deps.clock;
  }

  async save(submissions: readonly Submission[]): Promise<void> {
    if (submissions.length === 0) return;
    const rooms: RoomState[] = [];
    const members: (Membership & { active: boolean })[] = [];
    for (const submission of submissions) {
      if (submission.op === 'join' || submission.op === 'room') rooms.push(submission.room);
      if (submission.op === 'join' || submission.op === 'member')
        members.push({ ...submission.membership, active: true });
      if (submission.op === 'leave') members.push(gone(submission));
    }
    await this.#rooms.saveRooms(this.#db, rooms);
    await this.#rooms.saveMembers(this.#db, members);
    for (const submission of submissions) {
      if (submission.op === 'close')
        await this.#rooms.closeRoom(this.#db, submission.roomId, new Date(this.#clock()));
    }
  }
}

const gone = ({ roomId, version, by }: SubmissionOf<'leave'>) => ({
  roomId,
  ...by,
  role: 'member' as const,
  canSend: false,
  version,
  active: false,
});
