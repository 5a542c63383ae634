import { ensureDebianPackages, hasDebianPackage, missingServers } from '@parley/servers';

/** What single tests need besides the servers: a browser, and clients in Python. */
const testPackages = ['chromium', 'python3-socketio', 'python3-requests', 'python3-websocket'];

/**
 * Installs by one call of apt what any test needs, before a whole run. Where that cannot be done, the run
 * goes on: servers are looked for elsewhere, and a test that lacks its tool says so.
 */
export async function installTools(): Promise<void> {
  try {
    await ensureDebianPackages([
      ...missingServers(),
      ...testPackages.filter((name) => !hasDebianPackage(name)),
    ]);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
  }
}
