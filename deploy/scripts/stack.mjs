import { build, services } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';

// `npm run stack [-- --gateways 2 --messages 2 --port 3000]`: each service as its own process, on
// private servers.
process.title = 'parley-stack';
ensureInstalled();
await build(['stack', 'sdk', 'web-client', 'cli', ...services]);
process.setSourceMapsEnabled(true);
await import('../../dist/stack.js');
