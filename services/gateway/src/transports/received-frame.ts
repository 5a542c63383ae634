/**
 * A client's frame. `event` is undefined for an invalid frame, which is answered if it has an `id`.
 */
export interface ReceivedFrame {
  id: string | number | undefined;
  event: string | undefined;
  data: unknown;
}

const maxIdLength = 100;

/** @param text undefined for a binary frame */
export function readFrame(text: string | undefined): ReceivedFrame {
  const frame = parse(text);
  if (typeof frame !== 'object' || frame === null || Array.isArray(frame))
    return { id: undefined, event: undefined, data: undefined };
  const { id, event, data } = frame as Record<string, unknown>;
  const isGoodId = typeof id === 'number' || (typeof id === 'string' && id.length <= maxIdLength);
  const isGood = typeof event === 'string' && (isGoodId || id === undefined || id === null);
  return { id: isGoodId ? id : undefined, event: isGood ? event : undefined, data };
}

function parse(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
