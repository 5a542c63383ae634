import { clearScreenDown, createInterface, cursorTo, type Interface, moveCursor } from 'node:readline';
import { stripVTControlCharacters } from 'node:util';
import type { Streams } from './context.ts';
import { widthOf } from './printable.ts';

/** An input line at the bottom of the terminal. Other lines are printed above it. */
export class Prompt {
  readonly #streams: Streams;
  readonly #readline: Interface;
  readonly #entered: AsyncIterator<string>;
  #text = '';
  #closed = false;

  constructor(streams: Streams, onKey: () => void) {
    this.#streams = streams;
    this.#readline = createInterface({
      input: streams.stdin,
      output: streams.stdout,
      terminal: true,
      historySize: 100,
    });
    streams.stdin.on('keypress', onKey);
    this.#readline.on('SIGINT', () => this.close());
    this.#readline.on('line', (line) => this.#takeOff(line));
    // Starts now, because readline would drop lines that are entered before the first read.
    this.#entered = this.#readline[Symbol.asyncIterator]();
  }

  /** The text before the input. */
  set text(text: string) {
    if (text === this.#text || this.#closed) return;
    this.#clear();
    this.#text = text;
    this.#draw();
  }

  printAbove(line: string): void {
    if (this.#closed) return;
    this.#clear();
    this.#streams.stdout.write(`${line}\n`);
    this.#draw();
  }

  /**
   * Entered lines. Each is removed from the screen; the caller prints its outcome. Ends at Ctrl-C,
   * Ctrl-D or `close`.
   */
  lines(): AsyncIterable<string> {
    return { [Symbol.asyncIterator]: () => this.#entered };
  }

  /** Stops drawing. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#clear();
    this.#closed = true;
    this.#readline.close();
  }

  #takeOff(line: string): void {
    const { stdout } = this.#streams;
    const rows =
      1 + Math.floor(widthOf(stripVTControlCharacters(this.#text) + line) / (stdout.columns || 80));
    moveCursor(stdout, 0, -rows);
    cursorTo(stdout, 0);
    clearScreenDown(stdout);
    this.#draw();
  }

  #clear(): void {
    const { stdout } = this.#streams;
    moveCursor(stdout, 0, -this.#readline.getCursorPos().rows);
    cursorTo(stdout, 0);
    clearScreenDown(stdout);
  }

  #draw(): void {
    // Readline's record of where its line began; we have just cleared it.
    (this.#readline as Interface & { prevRows: number }).prevRows = 0;
    this.#readline.setPrompt(this.#text);
    this.#readline.prompt(true);
  }
}
