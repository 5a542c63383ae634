const worker = globalThis as { leavesByExit?: true };

// Vitest ends a worker by SIGTERM, or goes away without a word when it is interrupted. Leaving by `process.exit` lets the exit hooks
// end and remove whatever a test has started and not stopped. A worker runs this again for each of its files.
if (!worker.leavesByExit) {
  worker.leavesByExit = true;
  const leave = () => process.exit();
  process.once('SIGTERM', leave);
  process.once('SIGINT', leave);
  process.once('disconnect', leave);
}
