import { createInterface } from 'node:readline';
import type { SessionEvents } from '../events.ts';
import type { ParleyError } from '../parley-error.ts';
import type { Sent } from '../sending.ts';
import type { Session } from '../session.ts';
import { printJson, type Streams } from './context.ts';
import type { Place, Screen } from './screen.ts';

const eventNames: (keyof SessionEvents)[] = [
  'message',
  'edited',
  'deleted',
  'reaction',
  'joined',
  'left',
  'typing',
  'read',
  'status',
  'removed',
  'commandAnswered',
  'connection',
];

/**
 * For scripts: prints every event as a line of JSON with its `type`, and sends every line of input.
 */
export class JsonScreen implements Screen {
  readonly past = 0;
  readonly #streams: Streams;

  constructor(streams: Streams) {
    this.#streams = streams;
  }

  watch(session: Session, { roomId }: Place): void {
    for (const type of eventNames) {
      session.on(type, (event) => {
        if (!('roomId' in event) || event.roomId === roomId) this.#print({ ...event, type });
      });
    }
  }

  ready({ roomId, title, me }: Place): void {
    this.#print({ type: 'ready', roomId, title, ...me });
  }

  sent(_line: string, sent: Sent): void {
    this.#print({ type: 'sent', ...sent });
  }

  failed(line: string, { code, message }: ParleyError): void {
    this.#print({ type: 'failed', content: line, code, message });
  }

  note(text: string): void {
    this.#print({ type: 'note', text });
  }

  lines(): AsyncIterable<string> {
    return createInterface({ input: this.#streams.stdin, terminal: false });
  }

  close(): void {
    this.#streams.stdin.destroy();
  }

  #print(value: Record<string, unknown>): void {
    printJson(this.#streams, value);
  }
}
