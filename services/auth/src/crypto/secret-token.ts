import { createHmac, randomBytes } from 'node:crypto';

/** 256 random bits for a client to keep. We store only the hash: see `hashToken`. */
export const newSecretToken = (): string => randomBytes(32).toString('base64url');

export const newSuccessorKey = (): Buffer => randomBytes(32);

/**
 * Derives a token's successor deterministically. It takes the token, which only the client has, and
 * the key, which only we have.
 */
export const successorOf = (token: string, key: Buffer): string =>
  createHmac('sha256', key).update(token).digest('base64url');
