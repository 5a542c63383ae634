import { forEachLimit } from '@parley/runtime/async';
import { Line } from './line.ts';
import type { LoadRoom, Orders } from './orders.ts';

/** Receives the frames of all lines; changes with the phase. */
export type FrameListener = (line: number, data: Buffer) => void;

/** All open lines, by number. */
export class Crowd {
  readonly #lines: Line[] = [];
  onFrame: FrameListener = () => undefined;
  #closing = false;

  async connect({ lines, atOnce }: Orders['connect']['ask']): Promise<{ seconds: number }> {
    this.#closing = false;
    const first = this.#lines.length;
    const begin = performance.now();
    await forEachLimit(lines, atOnce, async ({ url, token }, index) => {
      const number = first + index;
      this.#lines[number] = await Line.open(url, token, {
        frame: (data) => this.onFrame(number, data),
        closed: () => this.#closed(number),
      });
    });
    return { seconds: (performance.now() - begin) / 1_000 };
  }

  async join(rooms: readonly LoadRoom[]): Promise<void> {
    const joins = rooms.flatMap(({ id, members }) => members.map((member) => ({ id, member })));
    await forEachLimit(joins, 50, ({ id, member }) => this.line(member).join(id));
  }

  line(number: number): Line {
    const line = this.#lines[number];
    if (!line) throw new Error(`line ${number} is not open`);
    return line;
  }

  close(): void {
    this.#closing = true;
    for (const line of this.#lines) line.close();
    this.#lines.length = 0;
  }

  #closed(number: number): void {
    if (!this.#closing && this.#lines[number]) throw new Error(`the server closed line ${number}`);
  }
}
