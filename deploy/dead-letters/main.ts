import { busOptions, RabbitBus } from '@parley/bus';
import { createLogger, loadConfig, runMain, StartError, splitUrls } from '@parley/runtime';
import { deadLettersConfig, parseRequest } from './options.ts';
import { run } from './run.ts';

const connectTimeoutMs = 10_000;

/**
 * Lists or requeues dead letters: `node dead-letters.js list`. Reads AMQP_URL and the services'
 * other bus settings. See operations.md.
 */
await runMain(async () => {
  const request = parseRequest(process.argv.slice(2));
  const config = loadConfig(deadLettersConfig, process.env);
  const logger = createLogger({ service: 'dead-letters', level: 'silent' });
  const bus = await RabbitBus.connect({ ...busOptions(config), logger, connectTimeoutMs }).catch(
    (error: unknown) => {
      if (error instanceof StartError) throw error;
      const hosts = splitUrls(config.AMQP_URL).map((node) => new URL(node).host);
      throw new StartError(`RabbitMQ at ${hosts.join(' or ')} is unreachable or refused the connection.`);
    },
  );
  try {
    const answer = await run(bus, request);
    if (answer) console.log(answer);
  } finally {
    await bus.close();
  }
  return { stop: async () => undefined };
});
