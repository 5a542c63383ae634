interface Page {
  origin: string;
  protocol: string;
}

/** The page that the client runs in; there is none in Node. */
const { location } = globalThis as { location?: Page };

/** How Node reports that the other side of a TLS connection does not speak TLS. */
const noTls = ['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG', 'EPROTO'];

/**
 * Says what to do about an address that does not respond, as far as a client can know. Browsers
 * hide the reason.
 * @param reason a code or message
 */
export function hintFor(url: string, reason: string, page: Page | undefined = location): string {
  if (noTls.includes(reason))
    return `The server does not speak https: use ${url.replace('https:', 'http:')}.`;
  if (reason.includes('Transport unknown'))
    return 'Another Socket.IO server responds there. Check the address and its path prefix.';
  const general = 'Check the address, and that Parley is running there.';
  if (!page || new URL(url).origin === page.origin) return general;
  if (page.protocol === 'https:' && url.startsWith('http:'))
    return `A browser does not let a page of https use http: use ${url.replace('http:', 'https:')}.`;
  return `${general} If it is, its setting CORS_ORIGINS must contain ${page.origin}.`;
}
