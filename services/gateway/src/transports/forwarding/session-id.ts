import { randomBytes } from 'node:crypto';

/** Tells one run of a gateway from all others, so that a restarted gateway is not taken for its predecessor. */
export const newGatewayId = (): string => randomBytes(9).toString('base64url');

/** An Engine.IO session id that names its gateway. Its random part has 144 bits: knowing the gateway helps nobody to guess it. */
export const newSessionId = (gatewayId: string): string =>
  `${gatewayId}.${randomBytes(18).toString('base64url')}`;

/** The gateway that a session id names; undefined if it is none of ours. */
export function gatewayOf(sessionId: unknown): string | undefined {
  if (typeof sessionId !== 'string') return undefined;
  return /^([\w-]{12})\.[\w-]{24}$/.exec(sessionId)?.[1];
}
