import { type IncomingMessage, STATUS_CODES } from 'node:http';

/**
 * Serializes the head of an answer for a raw connection. If the answer does not upgrade, the end of
 * the connection ends the body.
 */
export function relayHead({ statusCode = 502, rawHeaders }: IncomingMessage, upgrades: boolean): string {
  const lines = [`HTTP/1.1 ${statusCode} ${STATUS_CODES[statusCode] ?? ''}`];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    if (upgrades || !/^(connection|keep-alive|transfer-encoding)$/i.test(name))
      lines.push(`${name}: ${rawHeaders[index + 1] ?? ''}`);
  }
  if (!upgrades) lines.push('Connection: close');
  return `${lines.join('\r\n')}\r\n\r\n`;
}
