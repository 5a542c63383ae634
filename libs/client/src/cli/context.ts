import type { ParleyClient } from '../client.ts';

/** The process's streams. Only main.ts accesses the process. */
export interface Streams {
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
}

/** The context of every command. */
export interface Context extends Streams {
  client: ParleyClient;
  url: string;
  json: boolean;
  /** Only on a terminal without NO_COLOR. */
  color: boolean;
  /** How the user starts the program; for advice. */
  command: string;
  /** From PARLEY_PASSWORD. */
  password: string | undefined;
}

/** Prints a line on standard output. */
export const print = ({ stdout }: Pick<Streams, 'stdout'>, line: string) => void stdout.write(`${line}\n`);
/** Prints one JSON object on one line, for scripts. */
export const printJson = (streams: Pick<Streams, 'stdout'>, value: unknown) =>
  print(streams, JSON.stringify(value));
