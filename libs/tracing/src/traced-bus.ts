import {
  type BatchHandler,
  type Bus,
  type CallHandler,
  type CallOptions,
  type ConsumeOptions,
  type Consumer,
  ForwardingBus,
  type Listener,
  type ListenOptions,
  type PublishOptions,
} from '@parley/bus';
import { carriesTracesOfItems, type Envelope, type GroupOf, type Topic, tracesOf } from '@parley/contracts';
import type { Tracing } from './tracing.ts';

/**
 * A bus whose events and calls carry their sender's trace context as W3C `traceparent`. Events
 * carry it in the envelope, calls in a header. Events of the hot path carry one in each item, set
 * where the item was created. A batch of events is one span, linked to the traces of its events.
 */
export class TracedBus extends ForwardingBus {
  readonly #tracing: Tracing;

  constructor(bus: Bus, tracing: Tracing) {
    super(bus);
    this.#tracing = tracing;
  }

  override publish(
    topic: Topic,
    partition: number,
    event: Envelope,
    options?: PublishOptions,
  ): Promise<void> {
    const ofItems = carriesTracesOfItems(event);
    const of = ofItems || event.trace !== undefined ? tracesOf(event) : [this.#tracing.current()];
    const attributes = {
      'messaging.destination.partition.id': String(partition),
      'messaging.message.id': event.id,
      'parley.event': event.type,
    };
    return this.#tracing.span(`publish ${topic}`, { kind: 'producer', of, attributes }, ({ trace }) =>
      super.publish(topic, partition, ofItems ? event : { ...event, trace }, options),
    );
  }

  override consume<T extends Topic>(
    topic: T,
    group: GroupOf<T>,
    handler: BatchHandler,
    options?: ConsumeOptions,
  ): Promise<Consumer> {
    const traced = (events: Envelope[], context: { partition: number }) => {
      const attributes = {
        'messaging.batch.message_count': events.length,
        'messaging.destination.partition.id': String(context.partition),
      };
      const of = events.flatMap(tracesOf);
      return this.#tracing.span(
        `consume ${topic}`,
        { kind: 'consumer', of, attributes },
        async () => (await handler(events, context)) ?? undefined,
      );
    };
    return super.consume(topic, group, Object.assign(traced, { turnOf: handler.turnOf }), options);
  }

  override listen(topic: Topic, handler: Listener, options?: ListenOptions): Promise<Consumer> {
    const traced: Listener = (event) =>
      this.#tracing.span(
        `receive ${topic}`,
        { kind: 'consumer', of: tracesOf(event), attributes: { 'parley.event': event.type } },
        async () => handler(event),
      );
    return super.listen(topic, traced, options);
  }

  override serve(method: string, handler: CallHandler): Promise<Consumer> {
    return super.serve(method, (data, trace) =>
      this.#tracing.span(`serve ${method}`, { kind: 'server', of: [trace] }, async () =>
        handler(data, trace),
      ),
    );
  }

  override call(method: string, data: unknown, options: CallOptions = {}): Promise<unknown> {
    return this.#tracing.span(`call ${method}`, { kind: 'client' }, ({ trace }) =>
      super.call(method, data, { ...options, trace }),
    );
  }
}
