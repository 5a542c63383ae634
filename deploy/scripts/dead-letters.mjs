import { build } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';

// `npm run dead-letters -- list|requeue --group messages`: lists or requeues events that consumers
// rejected. See deploy/operations.md.
ensureInstalled();
await build(['dead-letters']);
process.setSourceMapsEnabled(true);
await import('../../dist/dead-letters.js');
