import { afterAll, beforeAll } from 'vitest';
import { changesSuite } from './changes.ts';
import { type Installation, install } from './installation.ts';
import { restoreSuite } from './restore.ts';

// One installation for all suites, because starting one takes as long as their work.
let here: Installation;
beforeAll(async () => {
  here = await install();
});
afterAll(() => here?.end(), 60_000);

restoreSuite(() => here);
changesSuite(() => here);
