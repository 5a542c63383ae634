import { build } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';

// `npm run bench [-- --full --only hub,simple,parley --tests throughput,latency --write]`: runs the
// same load against each target in turn.
process.title = 'parley-bench';
ensureInstalled();
await build();
process.setSourceMapsEnabled(true);
await import('../../dist/bench.js');
