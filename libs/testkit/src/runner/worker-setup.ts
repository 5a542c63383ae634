// Vitest ends a worker by SIGTERM, or goes away without a word when it is interrupted. Leaving by `process.exit` lets the exit hooks end and remove
// whatever a test has started and not stopped.
const leave = () => process.exit();
process.once('SIGTERM', leave);
process.once('SIGINT', leave);
process.once('disconnect', leave);
