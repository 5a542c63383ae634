import { z } from 'zod';

/** The one envelope of everything that travels over the bus. */
export const envelopeSchema = z.object({
  /** UUIDv7. A consumer that must not act twice remembers it. */
  id: z.string(),
  type: z.string(),
  /** Version of `data`'s shape. Fields are only added within a version. */
  version: z.number().int(),
  /** ISO 8601, UTC: when it happened. */
  time: z.string(),
  /** W3C trace context (`traceparent`) of whoever told it; absent where tracing is off. */
  trace: z.string().optional(),
  data: z.unknown(),
});

export interface Envelope<Type extends string = string, Data = unknown> {
  id: string;
  type: Type;
  version: number;
  time: string;
  trace?: string | undefined;
  data: Data;
}
