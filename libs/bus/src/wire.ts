import type { Envelope } from '@parley/contracts';

/**
 * An event for a handler. Unreadable text becomes an event of type `unreadable` around the text,
 * with the reason.
 */
export interface ReadEvent {
  readonly event: Envelope;
  readonly unreadable?: string | undefined;
}

export function readEvent(text: string): ReadEvent {
  let unreadable = 'not an event';
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string')
      return { event: value as Envelope };
  } catch {
    // The parser's message would quote the text.
    unreadable = 'not JSON';
  }
  return { event: { id: '', type: 'unreadable', version: 0, time: '', data: text }, unreadable };
}

/** JSON cannot express `undefined`, so it becomes the empty text. */
export const write = (data: unknown): string => JSON.stringify(data) ?? '';
export const read = (text: string): unknown => (text === '' ? undefined : JSON.parse(text));

/**
 * An error's text, short enough for a header. Keeps the end, where a failed SQL statement states
 * the problem.
 */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.length <= 500 ? text : `${text.slice(0, 150)} … ${text.slice(-345)}`;
}
