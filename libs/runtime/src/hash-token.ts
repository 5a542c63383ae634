import { createHash } from 'node:crypto';

/** The stored form of a secret token. Its random bits need no salt and no slow hash. */
export const hashToken = (token: string): Buffer => createHash('sha256').update(token).digest();
