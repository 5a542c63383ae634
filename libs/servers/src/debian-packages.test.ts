import { expect, test } from 'vitest';
import { ensureDebianPackages, hasDebianPackage } from './debian-packages.ts';
import { findProgram } from './programs.ts';

test('nothing is run when nothing is missing', async () => {
  await expect(ensureDebianPackages([])).resolves.toBeUndefined();
});

// There are such packages only there.
if (findProgram('dpkg')) {
  test('a package that is installed is told from one that is not', () => {
    expect(hasDebianPackage('dpkg')).toBe(true);
    expect(hasDebianPackage('no-such-package-anywhere')).toBe(false);
  });
}
