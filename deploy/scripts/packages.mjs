import { ensureInstalled } from './lib/install.mjs';
import { packClient } from './lib/pack-client.mjs';

// `npm run packages`: builds `dist/packages/parley-client-<version>.tgz`, the client as a package
// that anybody can install.
ensureInstalled({ productionOnly: true });
console.log(await packClient());
