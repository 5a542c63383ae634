import { build } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';

// `npm run faults [-- --seconds 60 --seed 1]`: clients of every kind send messages while processes
// are killed, frozen and stopped. Nothing may be lost.
process.title = 'parley-faults';
ensureInstalled();
await build();
process.setSourceMapsEnabled(true);
await import('../../dist/faults.js');
