import { build } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';

// `npm run screenshots`: renews the pictures of the web client that the README shows, from an
// embedded start with a conversation of its own.
process.title = 'parley-screenshots';
ensureInstalled();
await build(['screenshots', 'web-client']);
process.setSourceMapsEnabled(true);
await import('../../dist/screenshots.js');
