export { acrossPartitions, type CombinedHandler, type PartitionBatch } from './across-partitions.ts';
export { mayPass } from './batch-lane.ts';
export type {
  BatchHandler,
  Bus,
  CallHandler,
  CallOptions,
  ConsumeOptions,
  Consumer,
  DeadLetter,
  Listener,
  ListenOptions,
  PublishOptions,
  ReplyQueue,
} from './bus.ts';
export { type BusSettings, busOptions } from './bus-options.ts';
export { ForwardingBus } from './forwarding-bus.ts';
export { Linger } from './linger.ts';
export { MemoryBus } from './memory-bus.ts';
export type { RabbitBusOptions } from './rabbit/rabbit-bus-options.ts';

export { RabbitBus } from './rabbit-bus.ts';
export { answer, ask, publishEvent } from './typed.ts';
