import { testServices } from '@parley/testkit';
import { rabbitContract } from './rabbit-contract.ts';

rabbitContract('RabbitBus', () => ({ url: testServices().amqpUrl }));
