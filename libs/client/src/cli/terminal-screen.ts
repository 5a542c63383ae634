import { cutText } from '@parley/contracts/text/graphemes';
import type { ConnectionEvent } from '../events.ts';
import type { ParleyError } from '../parley-error.ts';
import type { Session } from '../session.ts';
import type { Streams } from './context.ts';
import { Lines } from './lines.ts';
import { type Paint, paintWith } from './paint.ts';
import { printable } from './printable.ts';
import { Prompt } from './prompt.ts';
import type { Place, Screen } from './screen.ts';
import { TypingSignal } from './typing-signal.ts';
import { Typists } from './typists.ts';

/**
 * For people: messages above, the input line below, preceded by the typing users and the connection
 * state.
 */
export class TerminalScreen implements Screen {
  readonly past = 20;
  readonly #prompt: Prompt;
  readonly #paint: Paint;
  readonly #typists = new Typists(() => this.#redraw());
  #signal: TypingSignal | undefined;
  #connection: ConnectionEvent['state'] = 'connecting';
  #me = '';

  constructor(streams: Streams, color: boolean) {
    this.#paint = paintWith(color);
    this.#prompt = new Prompt(streams, () => this.#signal?.key(Date.now()));
  }

  watch(session: Session, { roomId, me }: Place): void {
    this.#me = me.username;
    this.#signal = new TypingSignal((isTyping) => void session.typing(roomId, isTyping));
    const lines = new Lines(this.#paint, me.userId);
    const print = (line: string | undefined) => line !== undefined && this.#prompt.printAbove(line);
    const here = (event: { roomId: string }) => event.roomId === roomId;
    const reading = new Reading((messageId) => session.markRead(roomId, messageId));
    session.on('message', (message) => {
      this.#typists.set(printable(message.username), false);
      print(lines.message(message));
      if (message.userId !== me.userId) reading.upTo(message.id);
    });
    session.on('edited', (event) => print(lines.edited(event)));
    session.on('deleted', (event) => print(lines.deleted(event)));
    session.on('reaction', (event) => print(lines.reaction(event)));
    session.on('joined', ({ username, atCreation }) => {
      if (!atCreation) print(lines.note(`${printable(username)} joined`));
    });
    session.on('left', ({ username }) => print(lines.note(`${printable(username)} left`)));
    session.on('commandAnswered', (event) => here(event) && print(lines.commandAnswered(event)));
    session.on(
      'removed',
      (event) => here(event) && print(lines.note(`you are not in this room any more (${event.reason})`)),
    );
    session.on(
      'typing',
      (event) =>
        here(event) &&
        event.userId !== me.userId &&
        this.#typists.set(printable(event.username), event.isTyping),
    );
    session.on('connection', (event) => {
      if (event.state === 'offline' && this.#connection === 'online')
        print(lines.note('the connection is lost; reconnecting …'));
      if (event.state === 'online' && this.#connection === 'offline') print(lines.note('connected again'));
      // Repeated attempts count as offline.
      if (event.state !== 'connecting') this.#connection = event.state;
      this.#redraw();
    });
  }

  ready({ title }: Place): void {
    this.note(`you are in ${printable(title)}; /help lists what you can type, /quit leaves`);
    this.#redraw();
  }

  sent(): void {
    this.#signal?.stop();
  }

  failed(line: string, { message }: ParleyError): void {
    this.#prompt.printAbove(this.#paint('red', `not sent: ${printable(cutText(line, 60))}: ${message}`));
  }

  note(text: string): void {
    this.#prompt.printAbove(this.#paint('dim', `· ${text}`));
  }

  lines(): AsyncIterable<string> {
    return this.#prompt.lines();
  }

  close(): void {
    this.#prompt.close();
  }

  #redraw(): void {
    const typing = String(this.#typists);
    const state = this.#connection === 'online' ? '' : `(${this.#connection}) `;
    const status = this.#paint('dim', `${typing && `${typing} `}${state}`);
    this.#prompt.text = `${status}${this.#paint('bold', printable(this.#me))} › `;
  }
}

/** Reports the read position: only the latest one, and one request at a time. */
class Reading {
  readonly #mark: (messageId: string) => Promise<void>;
  #next: string | undefined;
  #busy = false;

  constructor(mark: (messageId: string) => Promise<void>) {
    this.#mark = mark;
  }

  upTo(messageId: string): void {
    this.#next = messageId;
    if (!this.#busy) void this.#run();
  }

  async #run(): Promise<void> {
    this.#busy = true;
    while (this.#next) {
      const messageId = this.#next;
      this.#next = undefined;
      await this.#mark(messageId).catch(() => undefined);
    }
    this.#busy = false;
  }
}
