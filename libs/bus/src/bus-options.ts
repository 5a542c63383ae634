import type { RabbitBusOptions } from './rabbit/rabbit-bus-options.ts';

/** Settings that must be identical in all processes of an installation. */
export interface BusSettings {
  AMQP_URL: string;
  NAMESPACE: string;
  QUEUE_TYPE: NonNullable<RabbitBusOptions['queueType']>;
  TIMELINE_PARTITIONS: number;
}

export function busOptions(
  settings: BusSettings,
): Pick<RabbitBusOptions, 'url' | 'namespace' | 'queueType' | 'timelinePartitions'> {
  const {
    AMQP_URL: url,
    NAMESPACE: namespace,
    QUEUE_TYPE: queueType,
    TIMELINE_PARTITIONS: timelinePartitions,
  } = settings;
  return { url, namespace, queueType, timelinePartitions };
}
