import { build } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';

// `npm run dead-letters -- list|requeue --group messages`: events that consumers gave up on. See deploy/operations.md.
ensureInstalled();
await build();
process.setSourceMapsEnabled(true);
await import('../../dist/dead-letters.js');
