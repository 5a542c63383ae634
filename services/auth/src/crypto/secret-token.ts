import { createHash, createHmac, randomBytes } from 'node:crypto';

/** 256 random bits, for somebody else to keep. We keep the hash: what is random needs no salt and no slow hash. */
export const newSecretToken = (): string => randomBytes(32).toString('base64url');

export const hashSecretToken = (token: string): Buffer => createHash('sha256').update(token).digest();

export const newSuccessorKey = (): Buffer => randomBytes(32);

/** The token that follows another one: the same each time. Needs both the token, which only its client has, and the key, which only we have. */
export const successorOf = (token: string, key: Buffer): string =>
  createHmac('sha256', key).update(token).digest('base64url');
