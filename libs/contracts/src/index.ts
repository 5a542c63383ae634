export { type Envelope, envelopeSchema } from './bus/envelope.ts';
export { type GroupOf, partitionOf, type Topic, topics } from './bus/topics.ts';
