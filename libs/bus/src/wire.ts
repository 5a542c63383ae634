import type { Envelope } from '@parley/contracts';

/** An event on its way to a handler. What is not one comes with the reason, as an event of the type `unreadable` around the text. */
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
    // The parser's own words quote the text.
    unreadable = 'not JSON';
  }
  return { event: { id: '', type: 'unreadable', version: 0, time: '', data: text }, unreadable };
}

/** `undefined`, which JSON cannot say, becomes nothing at all and comes back as `undefined`. */
export const write = (data: unknown): string => JSON.stringify(data) ?? '';
export const read = (text: string): unknown => (text === '' ? undefined : JSON.parse(text));

/** An error's text, short enough for a header: of a failed statement, the end says what was wrong with it. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.length <= 500 ? text : `${text.slice(0, 150)} … ${text.slice(-345)}`;
}
