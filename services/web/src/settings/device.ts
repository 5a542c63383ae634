import { parse } from 'bowser';

export interface Device {
  /** A browser or another program; null: the user agent does not say. */
  program: string | null;
  /** The operating system; null: the user agent does not say. */
  system: string | null;
}

/** The user agents of `fetch` in Node.js. */
const nodeNames = ['node', 'undici'];

/** The device of a session, from the user agent it sent. */
export function deviceOf(userAgent: string): Device {
  if (userAgent === '') return { program: null, system: null };
  const { browser, os } = parse(userAgent);
  return { program: browser.name || programOf(userAgent), system: os.name ?? null };
}

/** Programs other than browsers state their name, mostly with a version: `curl/8.1`. */
const programOf = (userAgent: string) =>
  nodeNames.includes(userAgent) ? 'Node.js' : (/^([^/()]+)\//.exec(userAgent)?.[1] ?? userAgent);
