import type { CloseReason } from '@parley/contracts';
import type { Packet } from './packet.ts';

/** The way out to a client: a socket, and what has piled up before it. */
export interface Pipe {
  /** Bytes (about) that were written and that the operating system has not taken yet. */
  readonly unsentBytes: number;
  /** Does nothing once it is closed. */
  write(packet: Packet): void;
  /** Forgets what can still be forgotten of what was written. */
  discard(): void;
  /** Closes it with the reason's code after what was written before. */
  end(reason: CloseReason): void;
  /** Closes it at once, whatever is unsent. */
  cut(): void;
}
