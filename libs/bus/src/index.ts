export type { BatchHandler, Bus, Conclusion, ConsumeOptions, Consumer, DeadLetter, DeadLetters, Inbox } from './bus.ts';
export { type BusSettings, busOptions } from './bus-options.ts';
export { MemoryBus } from './memory-bus.ts';
export type { QueueType } from './rabbit/topology.ts';
export { RabbitBus, type RabbitBusOptions } from './rabbit-bus.ts';
export { answer, ask, publishEvent } from './typed.ts';
