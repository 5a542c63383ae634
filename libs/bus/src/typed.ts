import {
  type Call,
  type CallInput,
  type CallOutput,
  type CallQuestion,
  type EventOf,
  type EventType,
  routeOf,
} from '@parley/contracts';
import type { Bus, Consumer } from './bus.ts';

/** Publishes an event to the topic and partition that its contract defines. See `Bus.publish`. */
export function publishEvent(bus: Bus, event: EventOf<EventType>): Promise<void> {
  const { topic, key } = routeOf(event);
  return bus.publish(topic, bus.partitionOf(topic, key), event);
}

/** Calls one of `calls` and validates the answer. See `Bus.call` for the errors. */
export async function ask<C extends Call>(
  bus: Bus,
  call: C,
  input: CallInput<C>,
  options?: { timeoutMs?: number },
): Promise<CallOutput<C>> {
  return call.output.parse(await bus.call(call.method, input, options)) as CallOutput<C>;
}

/** Answers one of `calls` and validates the question. See `Bus.serve`. */
export function answer<C extends Call>(
  bus: Bus,
  call: C,
  handler: (question: CallQuestion<C>) => Promise<CallOutput<C>>,
): Promise<Consumer> {
  return bus.serve(call.method, (data) => handler(call.input.parse(data) as CallQuestion<C>));
}
