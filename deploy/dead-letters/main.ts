import { RabbitBus } from '@parley/bus';
import { createLogger, loadConfig, runMain, StartError } from '@parley/runtime';
import { deadLettersConfig, parseRequest } from './options.ts';
import { run } from './run.ts';

const connectTimeoutMs = 10_000;

/** Shows events that consumers gave up on, or puts them back: `node dead-letters.js list`. AMQP_URL, NAMESPACE and TIMELINE_PARTITIONS say where. See operations.md. */
await runMain(async () => {
  const request = parseRequest(process.argv.slice(2));
  const config = loadConfig(deadLettersConfig, process.env);
  const { AMQP_URL: url, NAMESPACE: namespace, TIMELINE_PARTITIONS: timelinePartitions } = config;
  const logger = createLogger({ service: 'dead-letters', level: 'silent' });
  const bus = await RabbitBus.connect({ url, namespace, timelinePartitions, logger, connectTimeoutMs }).catch(() => {
    throw new StartError(`RabbitMQ at ${new URL(url).host} cannot be reached, or refuses us.`);
  });
  try {
    const answer = await run(bus, request);
    if (answer) console.log(answer);
  } finally {
    await bus.close();
  }
  return { stop: async () => undefined };
});
