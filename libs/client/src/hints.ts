import { ParleyError } from './parley-error.ts';

interface Page {
  origin: string;
  protocol: string;
}

/** The page that the client runs in; there is none in Node. */
const { location } = globalThis as { location?: Page };

/** How Node reports that the other side of a TLS connection does not speak TLS. */
const noTls = ['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG', 'EPROTO'];

/** How Node reports a certificate that is not valid at the time of this machine. */
const wrongTime = ['CERT_NOT_YET_VALID', 'CERT_HAS_EXPIRED'];

const clocksDiffer =
  'The server has issued a token that it takes for expired: its clocks differ. Set them by NTP.';

/** Throws the error of a request with a new token, with the advice that it needs. */
export function refusedWhenNew(error: unknown): never {
  const { code } = ParleyError.from(error);
  throw code === 'token_expired' ? new ParleyError(code, clocksDiffer) : error;
}

/**
 * Says what to do about an address that does not respond, as far as a client can know. Browsers
 * hide the reason.
 * @param reason a code or message
 */
export function hintFor(url: string, reason: string, page: Page | undefined = location): string {
  if (noTls.includes(reason))
    return `The server does not speak https: use ${url.replace('https:', 'http:')}.`;
  if (wrongTime.includes(reason))
    return 'Its certificate has expired, or the clock of this machine is wrong: check both.';
  if (reason.includes('Transport unknown'))
    return 'Another Socket.IO server responds there. Check the address and its path prefix.';
  const general = 'Check the address, and that Parley is running there.';
  if (!page || new URL(url).origin === page.origin) return general;
  if (page.protocol === 'https:' && url.startsWith('http:'))
    return `A browser does not let a page of https use http: use ${url.replace('http:', 'https:')}.`;
  return `${general} If it is, its setting CORS_ORIGINS must contain ${page.origin}.`;
}
