export { secondsBuckets, sizeBuckets } from './buckets.ts';
export type { Counter, Histogram, LabeledMetric } from './counters.ts';
export { MeasuredBus } from './measured-bus.ts';
export { Metrics } from './metrics.ts';
