import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWithLibraries, temporaryFolder } from '@parley/testkit';

const bundles = new Map<string, Promise<string>>();

/**
 * A program of `programs/` in one file with its libraries: most of the time of a start went into
 * loading them.
 * @param socketIoClient the release to use, as named in package.json
 */
export async function bundleProgram(name: string, socketIoClient?: string): Promise<string> {
  const key = `${socketIoClient}/${name}`;
  const known = await bundles.get(key);
  // The folder of an earlier test file has been removed.
  if (known && existsSync(known)) return known;
  const bundle = bundleOnce(name, socketIoClient);
  bundles.set(key, bundle);
  return bundle;
}

async function bundleOnce(name: string, socketIoClient?: string): Promise<string> {
  const bundle = join(temporaryFolder(), name);
  await bundleWithLibraries(fileURLToPath(new URL(`programs/${name}`, import.meta.url)), bundle, {
    'process.env.SOCKET_IO_CLIENT': JSON.stringify(socketIoClient) ?? 'undefined',
  });
  return bundle;
}
