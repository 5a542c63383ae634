import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { clientDeclarations, reactDeclarations } from './declarations.ts';

const inLibs = (path: string) => fileURLToPath(new URL(`../../../libs/${path}`, import.meta.url));

// `npm test -- deploy/tests/packages -u` updates them.
test('the published types are those of the source, and import nothing', async () => {
  const file = inLibs('client/parley-client.d.ts');
  await expect(await clientDeclarations()).toMatchFileSnapshot(file);
  const text = readFileSync(file, 'utf8');
  expect(text).not.toMatch(/\bzod\b|^import/im);
});

test('the published types of the hooks are those of their source, and import only the peers', async () => {
  const file = inLibs('react/parley-react.d.ts');
  await expect(await reactDeclarations()).toMatchFileSnapshot(file);
  const imports = [...readFileSync(file, 'utf8').matchAll(/^import .* from '(.+)'/gm)];
  expect(new Set(imports.map(([, name]) => name))).toEqual(new Set(['react', '@parley/client']));
});
