import { runMain } from '@parley/runtime';

// Fails like a library that is given a malformed connection string: `start` or `later`.
const connect = () => new URL('postgres://auth:unmistakable@database:port/parley');
await runMain(async () => {
  if (process.argv[2] === 'start') connect();
  setImmediate(connect);
  return { stop: async () => undefined };
});
