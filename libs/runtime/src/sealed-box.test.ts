import { describe, expect, test } from 'vitest';
import { seal, unseal } from './sealed-box.ts';

const content = Buffer.from('a private key');

describe('a sealed box', () => {
  test('opens with its secret and label, and reveals nothing of its content', () => {
    const sealed = seal('secret', 'label', content);
    expect(unseal('secret', 'label', sealed)).toEqual(content);
    expect(sealed.includes(content)).toBe(false);
    expect(seal('secret', 'label', content)).not.toEqual(sealed);
  });

  test('does not open with another secret or label, or after a byte was changed', () => {
    const sealed = seal('secret', 'label', content);
    expect(() => unseal('other', 'label', sealed)).toThrow();
    expect(() => unseal('secret', 'other', sealed)).toThrow();
    for (let index = 0; index < sealed.length; index++) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(index) ^ 1, index);
      expect(() => unseal('secret', 'label', changed)).toThrow();
    }
    expect(() => unseal('secret', 'label', sealed.subarray(0, 10))).toThrow();
  });
});
