import { build } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';

// `npm run erase-user -- <userId>...`: erases users for good. See deploy/operations.md.
ensureInstalled();
await build(['erase-user']);
process.setSourceMapsEnabled(true);
await import('../../dist/erase-user.js');
