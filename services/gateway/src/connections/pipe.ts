import type { CloseReason } from '@parley/contracts';
import type { Packet } from './packet.ts';

/** The outgoing side of a transport: a socket and its unsent data. */
export interface Pipe {
  /** Approximate number of bytes written but not yet taken by the operating system. */
  readonly unsentBytes: number;
  /**
   * When the last ping was sent that the client has answered, in milliseconds since the epoch. It
   * has received everything written before. 0: it has answered none yet.
   */
  readonly confirmedAt: number;
  /** Does nothing after the pipe has closed. */
  write(packet: Packet): void;
  /** Drops whatever unsent data can still be dropped. */
  discard(): void;
  /** Closes with the reason's code after everything written before. */
  end(reason: CloseReason): void;
  /** Closes at once, dropping unsent data. */
  cut(): void;
}
