import { conversationSuite } from './conversation-suite.ts';
import { borrowStackTarget } from './start-targets.ts';

conversationSuite(
  'the stack: two gateways and two messages replicas on real PostgreSQL, Redis and RabbitMQ',
  () => borrowStackTarget(),
);
