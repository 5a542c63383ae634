import { runMain, StartError } from '@parley/runtime';
import { startFloorGateway } from './start-floor-gateway.ts';
import { startFloorWriter } from './start-floor-writer.ts';

// One process of the floor. Arguments: its role, then the URLs of RabbitMQ, Redis and, for the
// writer, PostgreSQL.
await runMain(async () => {
  const [role, rabbitUrl = '', redisUrl = '', databaseUrl = ''] = process.argv.slice(2);
  if (role === 'gateway') {
    const gateway = await startFloorGateway({ rabbitUrl, redisUrl });
    console.log(JSON.stringify({ url: gateway.url }));
    return gateway;
  }
  if (role !== 'writer') throw new StartError(`The floor has no ${role}.`);
  const writer = await startFloorWriter({ rabbitUrl, redisUrl, databaseUrl });
  console.log(JSON.stringify({ url: redisUrl }));
  return writer;
});
