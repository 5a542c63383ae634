import type { NumberedChange, SyncAnswer, SyncChange, SyncedRoom, SyncQuestion } from '@parley/contracts';

/**
 * Answers like the messages service, from the timelines of the rooms that the caller belongs to.
 */
export function fakeSync(
  question: SyncQuestion,
  timelineOf: (roomId: string) => readonly NumberedChange[] | undefined,
): SyncAnswer {
  const rooms: SyncedRoom[] = [];
  const gone: string[] = [];
  for (const { roomId, seq, readSeq } of question.rooms) {
    const timeline = timelineOf(roomId);
    if (!timeline) {
      gone.push(roomId);
      continue;
    }
    const latest = new Map<string, SyncChange>();
    for (const change of timeline) {
      if ('message' in change)
        latest.set(change.message.id, { kind: 'message', seq: change.seq, message: change.message });
      else {
        const kind = change.kind === 'member.joined' ? 'joined' : 'left';
        latest.set(`${change.seq}`, { kind, seq: change.seq, ...change.by, time: change.time });
      }
    }
    const changes = [...latest.values()]
      .filter((change) => change.seq > seq)
      .sort((one, other) => one.seq - other.seq);
    rooms.push({
      roomId,
      name: 'a room',
      seq: Math.max(seq, timeline.length),
      readSeq,
      hasMore: false,
      changes,
      positions: [],
    });
  }
  return { rooms, gone, gained: [], gainedAfter: null };
}
