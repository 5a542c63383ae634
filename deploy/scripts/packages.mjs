import { join } from 'node:path';
import { ensureInstalled } from './lib/install.mjs';
import { packClient } from './lib/pack-client.mjs';
import { packReact } from './lib/pack-react.mjs';
import { root } from './lib/root.mjs';

// `npm run packages [-- folder]`: builds `parley-client-<version>.tgz` and
// `parley-react-<version>.tgz`, which anybody can install. The default folder is `dist/packages`.
ensureInstalled({ productionOnly: true });
const packages = process.argv[2] ?? join(root, 'dist/packages');
console.log(await packClient(packages));
console.log(await packReact(packages));
