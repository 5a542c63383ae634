import { busOptions, RabbitBus } from '@parley/bus';
import { createLogger, loadConfig, runMain, StartError, splitUrls } from '@parley/runtime';
import { deadLettersConfig, parseRequest } from './options.ts';
import { run } from './run.ts';

const connectTimeoutMs = 10_000;

/** Shows events that consumers gave up on, or puts them back: `node dead-letters.js list`. AMQP_URL and what else the services' bus is set up with say where. See operations.md. */
await runMain(async () => {
  const request = parseRequest(process.argv.slice(2));
  const config = loadConfig(deadLettersConfig, process.env);
  const logger = createLogger({ service: 'dead-letters', level: 'silent' });
  const bus = await RabbitBus.connect({ ...busOptions(config), logger, connectTimeoutMs }).catch(
    (error: unknown) => {
      if (error instanceof StartError) throw error;
      const hosts = splitUrls(config.AMQP_URL).map((node) => new URL(node).host);
      throw new StartError(`RabbitMQ at ${hosts.join(' or ')} cannot be reached, or refuses us.`);
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
