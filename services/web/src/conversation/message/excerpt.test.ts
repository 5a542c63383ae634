import { expect, test } from 'vitest';
import { excerptOf } from './excerpt.ts';

const reasons = { deleted: 'deleted', encrypted: 'encrypted' };
const message = { content: 'a **bold** word', deletedAt: null, isEncrypted: false };

test('an excerpt never contains the ciphertext of an encrypted message', () => {
  expect(excerptOf(message, reasons)).toBe('a bold word');
  expect(excerptOf({ ...message, isEncrypted: true }, reasons)).toBe('encrypted');
  const deletedAt = '2026-01-01T00:00:00.000Z';
  expect(excerptOf({ ...message, content: '', isEncrypted: true, deletedAt }, reasons)).toBe('deleted');
});
