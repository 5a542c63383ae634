/** A span's context, as in W3C trace context. */
export interface TraceContext {
  traceId: string;
  spanId: string;
  /** 1 if recorded. */
  traceFlags: number;
}

const pattern = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;

/** Undefined for anything malformed: the text may come from outside. */
export function readTraceParent(text: unknown): TraceContext | undefined {
  const [, traceId, spanId, flags] = (typeof text === 'string' && pattern.exec(text)) || [];
  return traceId && spanId && flags
    ? { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1 }
    : undefined;
}

export const writeTraceParent = ({ traceId, spanId, traceFlags }: TraceContext): string =>
  `00-${traceId}-${spanId}-0${traceFlags & 1}`;
