import { createHmac, randomBytes } from 'node:crypto';

// Signatures of Standard Webhooks 1.0, symmetric.

const prefix = 'whsec_';
const secretBytes = 24;

export const newSecret = (): string => prefix + randomBytes(secretBytes).toString('base64');

/**
 * The headers of a request.
 * @param secrets each signs it
 * @param now in milliseconds
 */
export function signedHeaders(
  secrets: readonly string[],
  { id, body, now }: { id: string; body: string; now: number },
): Record<string, string> {
  const timestamp = `${Math.floor(now / 1_000)}`;
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(prefix.length), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  });
  return {
    'content-type': 'application/json',
    'user-agent': 'Parley-Hooks/1',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  };
}
