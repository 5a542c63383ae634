import { build } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';

// `npm start`: the whole system in this process, so that it receives signals directly.
process.title = 'parley';
ensureInstalled({ productionOnly: true });
await build(['embedded', 'sdk', 'web-client', 'cli']);
process.setSourceMapsEnabled(true);
await import('../../dist/embedded.js');
