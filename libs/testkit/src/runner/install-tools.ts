import { ensureDebianPackages, hasDebianPackage, missingServers } from '@parley/servers';

/** Tools of single tests besides the servers: a browser, and Python clients. */
const testPackages = ['chromium', 'python3-socketio', 'python3-requests', 'python3-websocket'];

/**
 * Installs everything that tests need with one call of apt, before a whole run. If that fails the
 * run continues: servers may come from another source, and a test without its tool reports that.
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
