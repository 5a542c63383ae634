/** A span's place, as W3C trace context names it. */
export interface Place {
  traceId: string;
  spanId: string;
  /** 1: recorded. */
  traceFlags: number;
}

const form = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;

/** What is not one answers undefined: it may come from anywhere. */
export function readTraceParent(text: unknown): Place | undefined {
  const [, traceId, spanId, flags] = (typeof text === 'string' && form.exec(text)) || [];
  return traceId && spanId && flags
    ? { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1 }
    : undefined;
}

export const writeTraceParent = ({ traceId, spanId, traceFlags }: Place): string =>
  `00-${traceId}-${spanId}-0${traceFlags & 1}`;
