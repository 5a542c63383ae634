import { randomInt, timingSafeEqual } from 'node:crypto';
import { hashToken } from '@parley/runtime';
import { newSecretToken } from './secret-token.ts';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const pattern = /^(pk_[0-9A-Za-z]{8})_[\w-]{43}$/;

/** `pk_` and eight characters to search for, then 256 random bits. We store only the hash. */
export function newApiKey(): { key: string; prefix: string; hash: Buffer } {
  const prefix = `pk_${Array.from({ length: 8 }, () => alphabet[randomInt(alphabet.length)]).join('')}`;
  const key = `${prefix}_${newSecretToken()}`;
  return { key, prefix, hash: hashToken(key) };
}

/** The prefix of what may be a key. */
export const prefixOf = (key: string): string | undefined => pattern.exec(key)?.[1];

export const isKey = (key: string, hash: Buffer): boolean => timingSafeEqual(hashToken(key), hash);
