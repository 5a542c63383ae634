import { z } from 'zod';

/** The envelope of every event on the bus. */
export const envelopeSchema = z.object({
  /** UUIDv7. Consumers that must not act twice remember it. */
  id: z.string(),
  type: z.string(),
  /** Version of the shape of `data`. Within a version, fields are only added. */
  version: z.number().int(),
  /** ISO 8601, UTC: when it happened. */
  time: z.string(),
  /** W3C trace context (`traceparent`) of the publisher. Absent when tracing is off. */
  trace: z.string().optional(),
  /**
   * For events that their publisher can replay: the position in its log up to which everything had
   * been published before this event. Absent from others, and from older releases.
   */
  position: z.number().int().optional(),
  data: z.unknown(),
});

export interface Envelope<Type extends string = string, Data = unknown> {
  id: string;
  type: Type;
  version: number;
  time: string;
  trace?: string | undefined;
  position?: number | undefined;
  data: Data;
}
