import type { ParleyError } from '../parley-error.ts';
import type { Sent } from '../sending.ts';
import type { Session } from '../session.ts';

/** The room of a conversation and its user. */
export interface Place {
  roomId: string;
  title: string;
  me: { userId: string; username: string };
}

/** Displays a conversation and reads its input. */
export interface Screen {
  /** Shows all further events of the session for this room. */
  watch(session: Session, place: Place): void;
  ready(place: Place): void;
  /** Number of earlier messages to show first. */
  readonly past: number;
  sent(line: string, sent: Sent): void;
  failed(line: string, error: ParleyError): void;
  /** Shows a line from the program itself. */
  note(text: string): void;
  /** Lines of input; ends when the input does. */
  lines(): AsyncIterable<string>;
  close(): void;
}
