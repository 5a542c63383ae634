import { describe, expect, it } from 'vitest';
import { previewOf } from './preview.ts';

describe('previewOf', () => {
  it('returns a short message on one line', () => {
    expect(previewOf('  see you\n\n at  eight ')).toBe('see you at eight');
    expect(previewOf('x'.repeat(100))).toBe('x'.repeat(100));
  });

  it('has at most 100 characters and never splits one', () => {
    for (const length of [97, 98, 99, 100]) {
      for (const one of ['😀', '👨\u200d👩\u200d👧', '👍🏽', '🇩🇪', 'e\u0301', 'क्षि', '❤\ufe0f']) {
        const preview = previewOf(`${'x'.repeat(length)}${one.repeat(20)}`);
        expect(preview.length).toBeLessThanOrEqual(100);
        expect(preview).toMatch(new RegExp(`^x{${Math.min(length, 99)}}(${one})*…$`, 'u'));
      }
    }
  });
});
