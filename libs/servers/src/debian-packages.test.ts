import { expect, test } from 'vitest';
import { ensureDebianPackages, hasDebianPackage } from './debian-packages.ts';
import { findProgram } from './programs.ts';

test('a call without missing packages runs nothing', async () => {
  await expect(ensureDebianPackages([])).resolves.toBeUndefined();
});

// Only Debian has such packages.
if (findProgram('dpkg')) {
  test('an installed package is distinguished from one that is not', () => {
    expect(hasDebianPackage('dpkg')).toBe(true);
    expect(hasDebianPackage('no-such-package-anywhere')).toBe(false);
  });
}
