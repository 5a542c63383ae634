import type { TestProject } from 'vitest/node';
import { endChildrenOnExit } from './end-children.ts';
import { findServices } from './find-services.ts';
import { installTools } from './install-tools.ts';
import { startLender } from './lender.ts';
import { startTurns } from './turns.ts';

/**
 * Runs once per run, in the main process.
 * @public Vitest calls it.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  leaveByExit();
  endChildrenOnExit();
  if (process.env.PARLEY_INSTALL_TOOLS === '1') await installTools();
  const services = await findServices(process.env);
  project.provide('testServices', services.urls);
  const lender = await startLender(services.urls);
  project.provide('lenderPort', lender.port);
  // Three at once made tests of whole systems miss their limits on slow machines.
  const turns = await startTurns(2);
  project.provide('turnsPort', turns.port);
  return async () => {
    turns.stop();
    await lender.stop();
    await services.stop();
  };
}

/**
 * Otherwise a library (`signal-exit`) would end the process without the exit hooks that stop the
 * servers.
 */
function leaveByExit(): void {
  process.on('SIGINT', () => process.exit(130));
  process.on('SIGTERM', () => process.exit(143));
}
