import { runMain } from '@parley/runtime';
import { startSimple } from './start-simple.ts';

// The simple server. Its arguments: the address of its database, the secret of its tokens.
await runMain(async () => {
  const [databaseUrl = '', secret = ''] = process.argv.slice(2);
  const server = await startSimple({ databaseUrl, secret });
  console.log(JSON.stringify({ url: server.url }));
  return server;
});
