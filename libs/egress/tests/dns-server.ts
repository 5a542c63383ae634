import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

const headerBytes = 12;
const typeA = 1;

export interface DnsServer {
  /** For `dnsResolver`. */
  address: string;
  /** Questions for addresses of IPv4, by name. */
  asked: string[];
  close(): void;
}

/**
 * A name server of IPv4 addresses.
 * @param answer the addresses of a name at its n-th question, from 1
 */
export async function startDns(answer: (name: string, time: number) => string[]): Promise<DnsServer> {
  const socket = createSocket('udp4');
  const asked: string[] = [];
  socket.on('message', (query, { port, address }) => {
    const { name, end } = readName(query);
    const question = query.subarray(headerBytes, end + 4);
    let found: string[] = [];
    if (query.readUInt16BE(end) === typeA) {
      asked.push(name);
      found = answer(name, asked.filter((other) => other === name).length);
    }
    const header = Buffer.from(query.subarray(0, headerBytes));
    // An authoritative answer without an error, and no further records.
    header.writeUInt16BE(0x8580, 2);
    header.writeUInt16BE(found.length, 6);
    header.writeUInt32BE(0, 8);
    const records = found.map((ip) =>
      // A pointer to the name in the question, A, IN, 0 seconds to live, 4 bytes.
      Buffer.from([0xc0, headerBytes, 0, typeA, 0, 1, 0, 0, 0, 0, 0, 4, ...ip.split('.').map(Number)]),
    );
    socket.send(Buffer.concat([header, question, ...records]), port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address() as AddressInfo;
  return { address: `127.0.0.1:${port}`, asked, close: () => socket.close() };
}

function readName(query: Buffer): { name: string; end: number } {
  const labels: string[] = [];
  let at = headerBytes;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('ascii', at + 1, at + 1 + length));
    at += length + 1;
  }
  return { name: labels.join('.').toLowerCase(), end: at + 1 };
}
