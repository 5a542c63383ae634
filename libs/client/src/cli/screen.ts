import type { Sent } from '../outbox.ts';
import type { ParleyError } from '../parley-error.ts';
import type { Session } from '../session.ts';

/** The room that is talked in, and by whom. */
export interface Place {
  roomId: string;
  title: string;
  me: { userId: string; username: string };
}

/** Where a conversation is shown, and typed. */
export interface Screen {
  /** Shows everything that the session tells of this place from now on. */
  watch(session: Session, place: Place): void;
  ready(place: Place): void;
  /** Earlier messages to show first. */
  readonly past: number;
  sent(line: string, sent: Sent): void;
  failed(line: string, error: ParleyError): void;
  /** Shows a line of the program's own. */
  note(text: string): void;
  /** Lines that are typed; ends when input does. */
  lines(): AsyncIterable<string>;
  close(): void;
}
