import { killAllGroups } from '@parley/servers';
import { afterAll, beforeAll, inject } from 'vitest';
import { removeTemporaryFolders } from '../temporary-folder.ts';
import { isLong } from './is-long.ts';
import { takeTurn } from './turns.ts';

declare module 'vitest' {
  interface ProvidedContext {
    turnsPort: number;
  }
}

const worker = globalThis as { leavesByExit?: true };

// Vitest ends a worker with SIGTERM, or disconnects when it is interrupted. `process.exit` runs the
// exit hooks, which end and remove everything that a test has started and not stopped. A worker
// runs this file again for each of its test files.
if (!worker.leavesByExit) {
  worker.leavesByExit = true;
  const leave = () => process.exit();
  process.once('SIGTERM', leave);
  process.once('SIGINT', leave);
  process.once('disconnect', leave);
}

// Long files wait for their turn.
let endTurn: (() => void) | undefined;
// biome-ignore lint/correctness/noEmptyPattern: Vitest reads the pattern.
beforeAll(async ({}, { file }) => {
  if (isLong(file.filepath)) endTurn = await takeTurn(inject('turnsPort'));
});

// Runs after the file's own hooks. A failed test may have left a program, which must not compete
// with the files that follow in this worker.
afterAll(async () => {
  killAllGroups();
  await removeTemporaryFolders();
  endTurn?.();
});
