import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { clientDeclarations } from './declarations.ts';

const file = fileURLToPath(new URL('../../../libs/client/parley-client.d.ts', import.meta.url));

// `npm test -- deploy/tests/packages -u` updates them.
test('the published types are those of the source, and import nothing', async () => {
  await expect(await clientDeclarations()).toMatchFileSnapshot(file);
  const text = readFileSync(file, 'utf8');
  expect(text).not.toMatch(/\bzod\b|^import/im);
});
