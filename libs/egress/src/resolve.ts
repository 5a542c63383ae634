import { promises as dns } from 'node:dns';

/** Finds the addresses of a host name, of IPv4 and IPv6. None: the name has no address. */
export type Resolve = (host: string, signal: AbortSignal) => Promise<string[]>;

/** Errors of DNS that state a fact about the name. */
const isAbsent = (error: unknown): boolean =>
  ['ENODATA', 'ENOTFOUND'].includes((error as NodeJS.ErrnoException).code ?? '');

/**
 * Asks DNS directly. The system's lookup would occupy one of the few threads of the process for as
 * long as somebody's name server does not answer.
 * @param servers addresses with an optional port. @default the system's
 */
export function dnsResolver(servers?: readonly string[]): Resolve {
  return async (host, signal) => {
    const resolver = new dns.Resolver({ timeout: 800, tries: 2 });
    if (servers) resolver.setServers(servers);
    const cancel = () => resolver.cancel();
    signal.addEventListener('abort', cancel, { once: true });
    try {
      const answers = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
      const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
      if (addresses.length > 0) return addresses;
      const failure = answers.find((answer) => answer.status === 'rejected' && !isAbsent(answer.reason));
      if (failure?.status === 'rejected') throw failure.reason;
      return [];
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  };
}
