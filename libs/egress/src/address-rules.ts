import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Network = [Address, number];

/** The only addresses of IPv6 that are assigned to the public. */
const publicIPv6: Network = [ipaddr.parse('2000::'), 3];
/** Refused, although no registry calls them special. */
const refused: readonly Network[] = [
  // The platform of Azure, which gives credentials to its virtual machines.
  [ipaddr.parse('168.63.129.16'), 32],
  // Networks for benchmarks and documentation.
  [ipaddr.parse('198.18.0.0'), 15],
  [ipaddr.parse('3fff::'), 20],
];

const isWithin = (address: Address, [network, bits]: Network): boolean =>
  address.kind() === network.kind() && address.match(network, bits);

function parseNetwork(text: string): Network | undefined {
  try {
    if (text.includes('/')) return ipaddr.parseCIDR(text) as Network;
    const address = ipaddr.parse(text);
    return [address, address.kind() === 'ipv4' ? 32 : 128];
  } catch {
    return undefined;
  }
}

/** Whether a text is an address or a network: `192.0.2.1`, `10.0.0.0/8`, `fd00::/8`. */
export const isNetwork = (text: string): boolean => parseNetwork(text) !== undefined;

/**
 * Decides which addresses may be contacted: public unicast ones, and those on the operator's list.
 * Everything else is refused: loopback, private, link-local (with the metadata of clouds), shared
 * and reserved networks, multicast, and IPv6 addresses that contain an IPv4 address (mapped,
 * translated by NAT64, tunnelled), because they lead to that address.
 */
export class AddressRules {
  readonly #allowed: readonly Network[];

  /** @param allowed addresses and networks; see `isNetwork` */
  constructor(allowed: readonly string[]) {
    this.#allowed = allowed.map(parseNetwork).filter((network) => network !== undefined);
  }

  permits(text: string): boolean {
    if (!ipaddr.isValid(text)) return false;
    const address = ipaddr.parse(text);
    return this.#allowed.some((network) => isWithin(address, network)) || isPublic(address);
  }
}

function isPublic(address: Address): boolean {
  if (address.range() !== 'unicast' || refused.some((network) => isWithin(address, network))) return false;
  return address.kind() === 'ipv4' || isWithin(address, publicIPv6);
}
