import { runMain } from '@parley/runtime';
import { startSimple } from './start-simple.ts';

// The simple server. Arguments: the database URL and the secret of the tokens.
await runMain(async () => {
  const [databaseUrl = '', secret = ''] = process.argv.slice(2);
  const server = await startSimple({ databaseUrl, secret });
  console.log(JSON.stringify({ url: server.url }));
  return server;
});
