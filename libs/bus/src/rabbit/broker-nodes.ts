import { splitUrls } from '@parley/runtime';
import type { Options } from 'amqplib';

/**
 * The nodes of a broker, tried one at a time. Each process starts at a random node, which spreads
 * the connections.
 */
export class BrokerNodes {
  readonly #addresses: Options.Connect[];
  #index: number;
  /** Where to connect next. The library reads it again for each attempt. */
  readonly address: Options.Connect = {};

  /** @param urls separated by commas; a URL with a heartbeat of its own keeps it */
  constructor(urls: string, heartbeatSeconds: number) {
    this.#addresses = splitUrls(urls).map((url) => addressOf(new URL(url), heartbeatSeconds));
    this.#index = Math.floor(Math.random() * this.#addresses.length);
    this.next();
  }

  next(): void {
    this.#index = (this.#index + 1) % this.#addresses.length;
    Object.assign(this.address, this.#addresses[this.#index]);
  }
}

const defaultPorts: Record<string, number> = { amqp: 5672, amqps: 5671 };

function addressOf(url: URL, heartbeatSeconds: number): Options.Connect {
  const protocol = url.protocol.replace(':', '');
  const number = (name: string, fallback: number) => Number(url.searchParams.get(name) ?? fallback);
  return {
    protocol,
    // IPv6 addresses are in brackets.
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || (defaultPorts[protocol] ?? 0),
    username: decodeURIComponent(url.username) || 'guest',
    password: decodeURIComponent(url.password) || 'guest',
    vhost: url.pathname.slice(1) || '/',
    heartbeat: number('heartbeat', heartbeatSeconds),
    frameMax: number('frameMax', 131_072),
    channelMax: number('channelMax', 0),
  };
}
