import type { Consumer } from '@parley/bus';
import type { Metrics } from '@parley/metrics';
import { answerWrites } from '../calls/index.ts';
import type { CommonContext } from '../usecases/context.ts';
import { consumeMembershipChanged } from './membership-changed.ts';
import { consumeTimelineSubmitted } from './timeline-submitted.ts';
import { WriterMetrics } from './writer-metrics.ts';

/** Everything that changes timelines and what they need to know. */
export const consumeWrites = async (context: CommonContext, metrics: Metrics): Promise<Consumer[]> => [
  await consumeTimelineSubmitted(context, new WriterMetrics(metrics)),
  await consumeMembershipChanged(context),
  ...(await answerWrites(context)),
];
