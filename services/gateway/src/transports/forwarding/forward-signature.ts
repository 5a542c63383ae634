import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Clock } from '@parley/runtime';

/** Proves that a request comes from a gateway, which has checked that it is for the receiving one. */
export const forwardHeader = 'parley-forward';
/** The clocks of two gateways may differ by this much. */
const validForMs = 30_000;

/** @param secret the receiving gateway's */
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

/** The client's address is signed, too, because the receiving gateway believes it. */
function macOf({ method, url, headers }: IncomingMessage, secret: string, time: string): Buffer {
  const signed = [method, url, headers['x-forwarded-for'] ?? '', time];
  return createHmac('sha256', secret).update(JSON.stringify(signed)).digest();
}
