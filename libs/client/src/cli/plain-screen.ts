import { createInterface } from 'node:readline';
import { cutText } from '@parley/contracts/text/graphemes';
import type { ParleyError } from '../parley-error.ts';
import type { Session } from '../session.ts';
import { print, type Streams } from './context.ts';
import { Lines } from './lines.ts';
import { paintWith } from './paint.ts';
import type { Place, Screen } from './screen.ts';

/** Without a terminal and without `--json`: messages as lines, without a prompt or colours. */
export class PlainScreen implements Screen {
  readonly past = 0;
  readonly #streams: Streams;

  constructor(streams: Streams) {
    this.#streams = streams;
  }

  watch(session: Session, { roomId, me }: Place): void {
    const lines = new Lines(paintWith(false), me.userId);
    session.on('message', (message) => print(this.#streams, lines.message(message)));
    session.on('commandAnswered', (answer) => {
      if (answer.roomId === roomId) print(this.#streams, lines.commandAnswered(answer));
    });
  }

  ready(): void {}

  sent(): void {}

  failed(line: string, { message }: ParleyError): void {
    this.#streams.stderr.write(`parley: not sent: ${cutText(line, 60)}: ${message}\n`);
  }

  note(text: string): void {
    this.#streams.stderr.write(`parley: ${text}\n`);
  }

  lines(): AsyncIterable<string> {
    return createInterface({ input: this.#streams.stdin, terminal: false });
  }

  close(): void {
    this.#streams.stdin.destroy();
  }
}
