import type { MessageEvent, SessionEvents } from '../events.ts';
import { type Paint, paintName } from './paint.ts';
import { printable } from './printable.ts';

/** Formats events as lines for a terminal. */
export class Lines {
  readonly paint: Paint;
  readonly #me: string;

  constructor(paint: Paint, myUserId: string) {
    this.paint = paint;
    this.#me = myUserId;
  }

  message(
    message: Pick<
      MessageEvent,
      'userId' | 'username' | 'content' | 'createdAt' | 'editedAt' | 'deletedAt' | 'isEncrypted'
    >,
  ): string {
    const text = message.deletedAt
      ? this.paint('dim', '(deleted)')
      : message.isEncrypted
        ? this.paint('dim', '(encrypted)')
        : printable(message.content);
    const edited = message.editedAt && !message.deletedAt ? this.paint('dim', ' (edited)') : '';
    return `${this.#time(message.createdAt)} ${this.#name(message)}: ${text}${edited}`;
  }

  edited({ content, editedAt, ...who }: SessionEvents['edited']): string {
    return `${this.#time(editedAt)} ${this.paint('dim', '✎')} ${this.#name(who)}: ${printable(content)}`;
  }

  deleted({ deletedAt }: SessionEvents['deleted']): string {
    return `${this.#time(deletedAt)} ${this.paint('dim', 'a message was deleted')}`;
  }

  reaction({ by, counts }: SessionEvents['reaction']): string | undefined {
    if (!by) return undefined;
    const all = Object.entries(counts).map(([reaction, count]) => `${printable(reaction)} ${count}`);
    const action = by.on ? 'reacted' : 'took back';
    const summary = all.length > 0 ? ` (${all.join(', ')})` : '';
    return this.note(`${printable(by.username)} ${action} ${printable(by.reaction)}${summary}`);
  }

  commandAnswered({ word, text, problem }: SessionEvents['commandAnswered']): string {
    const late = problem === 'timeout' ? 'has not answered' : 'has no answer now';
    return this.note(text === null ? `/${word} ${late}` : `/${word}, only to you: ${printable(text)}`);
  }

  note(text: string): string {
    return this.paint('dim', `· ${text}`);
  }

  #name({ userId, username }: { userId: string; username: string }): string {
    return userId === this.#me
      ? this.paint('bold', printable(username))
      : paintName(this.paint, printable(username));
  }

  #time(iso: string): string {
    const time = new Date(iso);
    const today = new Date().toDateString() === time.toDateString();
    const clock = time.toTimeString().slice(0, 5);
    return this.paint('dim', today ? clock : `${time.toISOString().slice(0, 10)} ${clock}`);
  }
}
