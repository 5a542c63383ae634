import { randomBytes } from 'node:crypto';

/**
 * Identifies one run of a gateway, so that a restarted gateway is not mistaken for the earlier one.
 */
export const newGatewayId = (): string => randomBytes(9).toString('base64url');

/**
 * An Engine.IO session id that names its gateway. Its random part has 144 bits, so it cannot be
 * guessed.
 */
export const newSessionId = (gatewayId: string): string =>
  `${gatewayId}.${randomBytes(18).toString('base64url')}`;

/** The gateway that a session id names; undefined if the id is not ours. */
export function gatewayOf(sessionId: unknown): string | undefined {
  if (typeof sessionId !== 'string') return undefined;
  return /^([\w-]{12})\.[\w-]{24}$/.exec(sessionId)?.[1];
}
