import { build } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';

// `npm run api-key -- create|list|revoke|actions …`: keys of programs. See deploy/operations.md.
ensureInstalled();
await build(['api-key']);
process.setSourceMapsEnabled(true);
await import('../../dist/api-key.js');
