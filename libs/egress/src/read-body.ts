import type { IncomingMessage } from 'node:http';
import { EgressError } from './egress-error.ts';

/** An ignored body of at most this size is read to its end, so that its connection can be kept. */
const maxIgnoredBytes = 64 * 1024;

/**
 * Reads an answer as text. Aborting the request ends it.
 * @throws EgressError `too_large`
 */
export async function readBody(answer: IncomingMessage, maxBytes: number): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of answer as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > maxBytes) throw new EgressError('too_large', `its answer is larger than ${maxBytes} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** Reads a body that nobody needs, and closes the connection of a long one. Never rejects. */
export async function dropBody(answer: IncomingMessage): Promise<void> {
  try {
    let size = 0;
    for await (const part of answer as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > maxIgnoredBytes) break;
    }
  } catch {
    // The status, which is all that counts, has arrived before.
  }
}
