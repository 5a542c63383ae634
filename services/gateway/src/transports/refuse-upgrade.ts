import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type AppError, errorTable } from '@parley/errors';

/** Refuses a WebSocket request with a status and Problem Details, like any other request. */
export function refuseUpgrade(socket: Duplex, error: AppError): void {
  answerUpgrade(socket, refusal(error));
}

interface Answer {
  status: number;
  headers: Record<string, string | number>;
  body: string;
}

/** Answers a WebSocket request without opening one. */
export function answerUpgrade(socket: Duplex, { status, headers, body }: Answer): void {
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    ...Object.entries({ Connection: 'close', ...headers }).map(([name, value]) => `${name}: ${value}`),
  ];
  socket.once('finish', () => socket.destroy());
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
}

/** The same for a request that bypasses Express. */
export function refuseRequest(response: ServerResponse, error: AppError): void {
  if (response.headersSent) return void response.destroy();
  const { status, headers, body } = refusal(error);
  response.writeHead(status, headers).end(body);
}

function refusal({ code, message, status, retryAfterMs, limitName }: AppError): Answer {
  const waitMs = retryAfterMs ?? (status === 503 ? 1_000 : undefined);
  const body = JSON.stringify({
    type: `urn:parley:error:${code}`,
    title: errorTable[code].text,
    status,
    code,
    detail: message,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...limitName,
  });
  const headers = {
    'Content-Type': 'application/problem+json',
    'Content-Length': Buffer.byteLength(body),
    ...(status === 401 && { 'WWW-Authenticate': 'Bearer' }),
    ...(waitMs !== undefined && { 'Retry-After': Math.ceil(waitMs / 1_000) }),
  };
  return { status, headers, body };
}
