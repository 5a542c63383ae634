import { ParleyError } from './parley-error.ts';

/** The address of a server, in parts. */
export interface ServerUrl {
  /** For example `https://chat.example`. */
  origin: string;
  /** The path under which a proxy serves Parley, such as `/chat`; empty at the root. */
  prefix: string;
  /** Origin and prefix: the form that is shown and stored. */
  href: string;
}

const protocols: Record<string, string> = { http: 'http', https: 'https', ws: 'http', wss: 'https' };

/**
 * Accepts `http://`, `https://`, `ws://` and `wss://` addresses, with an optional path prefix and
 * trailing slash. An address without a scheme uses http for this machine and private networks
 * (`localhost:3000`, `10.1.2.3`, `parley:3000`, `chat.local`) and https for every other host.
 * @throws ParleyError `invalid_url`
 */
export function parseServerUrl(text: string): ServerUrl {
  const [, scheme, rest = ''] = /^(?:([a-z][a-z\d+.-]*):\/\/)?(.*)$/is.exec(text.trim()) ?? [];
  // The URL parser would take `/chat` for a host named "chat", and `http:/x` for one named "http".
  if (/^([/\\:]|[^/]*:([/\\]|$)|$)/.test(rest)) throw invalid(text, 'it names no host');
  const protocol = scheme ? protocols[scheme.toLowerCase()] : isPrivate(rest) ? 'http' : 'https';
  if (!protocol) throw invalid(text, `${scheme}:// is not supported`);
  const url = parse(`${protocol}://${rest}`);
  if (!url) throw invalid(text, 'it cannot be parsed');
  if (url.username || url.password) throw invalid(text, 'it contains a login; use login() instead');
  if (url.search || url.hash) throw invalid(text, 'it contains a query or a fragment');
  const prefix = url.pathname.replace(/\/+$/, '');
  return { origin: url.origin, prefix, href: url.origin + prefix };
}

const parse = (text: string) => (URL.canParse(text) ? new URL(text) : undefined);

/** Names without a dot (`parley` in Compose) and under local top-level domains are private too. */
const privateNames = /^[^.:]+$|\.(localhost|local|internal|lan|home\.arpa)$/i;
const privateAddresses = [
  /^(0|10|127)\.|^169\.254\.|^192\.168\.|^172\.(1[6-9]|2\d|3[01])\./,
  /^\[(::1?\]|f[cd]|fe[89ab])/,
];

function isPrivate(address: string): boolean {
  const { hostname = '' } = parse(`http://${address}`) ?? {};
  if (/^\d+(\.\d+){3}$/.test(hostname) || hostname.startsWith('[')) {
    return privateAddresses.some((pattern) => pattern.test(hostname));
  }
  return privateNames.test(hostname);
}

const invalid = (text: string, problem: string) =>
  new ParleyError(
    'invalid_url',
    `"${text}" cannot be used as the address of Parley: ${problem}. ` +
      'Give an address such as https://chat.example, http://127.0.0.1:3000 or https://host/prefix.',
  );
