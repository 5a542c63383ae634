import { build } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';

// `npm run simulate [-- --users 1000000 --share 0.01]`: one gateway without sockets, at its share
// of the users, and what follows for all of them.
process.title = 'parley-simulate';
ensureInstalled();
await build(['simulate']);
process.setSourceMapsEnabled(true);
await import('../../dist/simulate.js');
