import type { NoteText } from './message-note.ts';

/** A row that an event adds to a user's inbox. */
export interface EventRow extends NoteText {
  userId: string;
  eventId: string;
  type: 'friend_request' | 'group_invite' | 'system';
  subjectId: string | null;
  /** Group invites belong to the membership of a room. */
  roomId: string | null;
}
