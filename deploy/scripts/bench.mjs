import { build } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';

// `npm run bench [-- --full --only hub,simple,parley --tests throughput,latency --write]`: every target in turn under the same load.
process.title = 'parley-bench';
ensureInstalled();
await build();
process.setSourceMapsEnabled(true);
await import('../../dist/bench.js');
