import { createHash, randomBytes } from 'node:crypto';

/** 256 random bits, for somebody else to keep. We keep the hash: what is random needs no salt and no slow hash. */
export const newSecretToken = (): string => randomBytes(32).toString('base64url');

export const hashSecretToken = (token: string): Buffer => createHash('sha256').update(token).digest();
