import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const algorithm = 'aes-256-gcm';
const ivBytes = 12;
const tagBytes = 16;

/**
 * Each label has its own key, so a box sealed under one label does not open under another. The last
 * constant cannot change: stored boxes depend on it.
 */
const keyFor = (secret: string, label: string) =>
  new Uint8Array(hkdfSync('sha256', secret, label, 'parley.auth.sealed-box', 32));

/** Encrypts and authenticates. The result is iv, tag, ciphertext. */
export function seal(secret: string, label: string, content: Buffer): Buffer {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv(algorithm, keyFor(secret, label), iv);
  const ciphertext = Buffer.concat([cipher.update(content), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), ciphertext]);
}

/** @throws Error if the secret or the label differs, or any bit has changed */
export function unseal(secret: string, label: string, sealed: Buffer): Buffer {
  const decipher = createDecipheriv(algorithm, keyFor(secret, label), sealed.subarray(0, ivBytes));
  decipher.setAuthTag(sealed.subarray(ivBytes, ivBytes + tagBytes));
  return Buffer.concat([decipher.update(sealed.subarray(ivBytes + tagBytes)), decipher.final()]);
}
