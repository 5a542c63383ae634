import { randomInt } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { StartError } from '@parley/runtime';
import { pause } from '@parley/runtime/async';
import type { Exit } from './child-group.ts';

/** A server found a port taken when it tried to bind it. */
export class PortTakenError extends StartError {}

/** @returns a port that was free a moment ago */
export type ChoosePort = () => Promise<number>;

/**
 * A claim is a UDP socket with the same number. Our servers use only TCP, and the system ends a
 * claim together with its process. So two processes that start servers at the same time never
 * choose the same port.
 */
const claims = new Map<number, Socket>();

/** A TCP port on 127.0.0.1 that was free a moment ago. It is claimed until this process ends. */
export async function freePort(): Promise<number> {
  const { lowest, highest } = serverPorts(ephemeralPorts());
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const port = randomInt(lowest, highest + 1);
    if (!(await claim(port))) continue;
    if (await isFree(port)) return port;
    releasePort(port);
  }
  throw new StartError(`No port between ${lowest} and ${highest} is free.`);
}

/** Ends the claim on a port that is not used any more. */
export function releasePort(port: number): void {
  claims.get(port)?.close();
  claims.delete(port);
}

export interface FreePortOptions {
  /** @default freePort */
  choosePort?: ChoosePort | undefined;
  /** Maximum attempts to start a server whose ports are taken. @default 5 */
  attempts?: number | undefined;
}

/**
 * Starts a server on free ports, one per name. A port can be taken between choosing and binding:
 * when
 * `start` throws a `PortTakenError`, starts the server again on other ports.
 */
export async function onFreePorts<Name extends string, T>(
  names: readonly Name[],
  start: (ports: Record<Name, number>) => Promise<T>,
  { choosePort = freePort, attempts = 5 }: FreePortOptions = {},
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const ports = {} as Record<Name, number>;
    for (const name of names) ports[name] = await choosePort();
    try {
      return await start(ports);
    } catch (error) {
      for (const name of names) releasePort(ports[name]);
      if (!(error instanceof PortTakenError) || attempt >= attempts) throw error;
    }
  }
}

const leftWithinMs = 30_000;

/**
 * Restarts a server on its previous ports. Waits up to 30 s until they are free: a killed process
 * may take a moment to die, and an outgoing connection may occupy one of them.
 */
export async function onSamePorts<T>(ports: readonly number[], start: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + leftWithinMs;
  for (;;) {
    for (const port of ports) while (!(await isFree(port)) && performance.now() < deadline) await pause(20);
    try {
      return await start();
    } catch (error) {
      if (!(error instanceof PortTakenError) || performance.now() > deadline) throw error;
    }
  }
}

/** Error texts of Node, our services, PostgreSQL, Redis and RabbitMQ for a taken port. */
const taken = /EADDRINUSE|address already in use|is taken by another program|dist_port_already_used/i;

/** Whether a server ended because it could not bind a port. epmd then ends without any output. */
export const foundPortTaken = ({ signal, lastLines }: Exit): boolean =>
  signal === null && (lastLines === '' || taken.test(lastLines));

interface PortRange {
  lowest: number;
  highest: number;
}

/** The ports that Linux uses for outgoing connections; on other systems those of IANA. */
function ephemeralPorts(): PortRange {
  try {
    const [lowest, highest] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8')
      .trim()
      .split(/\s+/)
      .map(Number);
    if (lowest && highest) return { lowest, highest };
  } catch {}
  return { lowest: 49_152, highest: 65_535 };
}

const fewest = 1_000;

/**
 * Server ports outside the ephemeral range, so that no outgoing connection takes the port of a
 * server that is about to restart. Falls back to the usual ports where hardly any others are left.
 */
export function serverPorts(ephemeral: PortRange): PortRange {
  const below = { lowest: 15_000, highest: Math.min(ephemeral.lowest - 1, 32_000) };
  const above = { lowest: Math.max(ephemeral.highest + 1, 15_000), highest: 65_535 };
  return (
    [below, above].find(({ lowest, highest }) => highest - lowest >= fewest) ?? {
      lowest: 15_000,
      highest: 32_000,
    }
  );
}

function claim(port: number): Promise<boolean> {
  if (claims.has(port)) return Promise.resolve(false);
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => {
      socket.close();
      resolve(false);
    });
    socket.bind({ port, address: '127.0.0.1', exclusive: true }, () => {
      socket.unref();
      claims.set(port, socket);
      resolve(true);
    });
  });
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
