import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type AppError, errorTable } from '@parley/errors';

/** Answers a request for a WebSocket as any other that fails: by its status and Problem Details. */
export function refuseUpgrade(socket: Duplex, error: AppError): void {
  const { code, message, status } = error;
  const body = JSON.stringify({ type: `urn:parley:error:${code}`, title: errorTable[code].text, status, code, detail: message });
  const headers = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Connection: close',
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(status === 401 ? ['WWW-Authenticate: Bearer'] : []),
    ...(status === 503 ? ['Retry-After: 1'] : []),
  ];
  socket.once('finish', () => socket.destroy());
  socket.end(`${headers.join('\r\n')}\r\n\r\n${body}`);
}
