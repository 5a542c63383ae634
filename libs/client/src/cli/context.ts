import type { ParleyClient } from '../client.ts';

/** What is of the process: handed in, so that only main.ts touches it. */
export interface Streams {
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
}

/** What every command works with. */
export interface Context extends Streams {
  client: ParleyClient;
  url: string;
  json: boolean;
  /** Colours: only on a terminal, and not with NO_COLOR. */
  color: boolean;
  /** From PARLEY_PASSWORD. */
  password: string | undefined;
}

/** A line on standard output. */
export const print = ({ stdout }: Pick<Streams, 'stdout'>, line: string) => void stdout.write(`${line}\n`);
/** For scripts: one JSON object, one line. */
export const printJson = (streams: Pick<Streams, 'stdout'>, value: unknown) =>
  print(streams, JSON.stringify(value));
