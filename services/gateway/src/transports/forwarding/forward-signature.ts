import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Clock } from '@parley/runtime';

/** Proves that the request comes from a gateway and is meant for the receiving one. */
export const forwardHeader = 'parley-forward';
/** The maximum difference between the clocks of two gateways. */
const validForMs = 30_000;

/** @param secret of the receiving gateway */
export function signForward(request: IncomingMessage, secret: string, now: number): string {
  return `${now}.${macOf(request, secret, String(now)).toString('base64url')}`;
}

export function isForwardSigned(
  request: IncomingMessage,
  header: string,
  secret: string,
  clock: Clock,
): boolean {
  const [time = '', mac = ''] = header.split('.');
  if (!/^\d{1,15}$/.test(time) || Math.abs(clock() - Number(time)) > validForMs) return false;
  const expected = macOf(request, secret, time);
  const given = Buffer.from(mac, 'base64url');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** Covers the client's address, because the receiving gateway trusts it. */
function macOf({ method, url, headers }: IncomingMessage, secret: string, time: string): Buffer {
  const signed = [method, url, headers['x-forwarded-for'] ?? '', time];
  return createHmac('sha256', secret).update(JSON.stringify(signed)).digest();
}
