import { type IncomingMessage, ServerResponse } from 'node:http';
import { type EngineMiddleware, engineQuery } from './engine-middleware.ts';
import { endRefused, refuseByPacket, refusedSid } from './refuse-by-packet.ts';
import { answerUpgrade } from './refuse-upgrade.ts';

export const transportNames = ['polling', 'websocket'] as const;
export type TransportName = (typeof transportNames)[number];

/** Engine.IO's error codes. */
const unknownTransport = 0;
const unsupportedVersion = 5;

interface Refusal {
  code: number;
  message: string;
}

/**
 * An Engine.IO middleware that refuses clients that can never connect, and says what to change. It
 * also ends the sessions of all clients that were refused by a packet.
 */
export function refuseClients(enabled: readonly TransportName[]): EngineMiddleware {
  return (request, response, next) => {
    const { sid, EIO, transport } = engineQuery(request);
    if (sid === refusedSid && response instanceof ServerResponse) return endRefused(request, response);
    const refusal = refusalOf(request, enabled);
    if (!refusal) return next();
    const isClient = EIO !== undefined && isTransport(transport);
    if (isClient && sid === undefined && request.method === 'GET')
      return refuseByPacket(request, response, refusal);
    const body = JSON.stringify(refusal);
    const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
    if (response instanceof ServerResponse) response.writeHead(400, headers).end(body);
    else answerUpgrade(response.socket, { status: 400, headers, body });
  };
}

function refusalOf(request: IncomingMessage, enabled: readonly TransportName[]): Refusal | undefined {
  const { EIO: version, transport } = engineQuery(request);
  if (version !== '4') {
    return {
      code: unsupportedVersion,
      message: 'This server speaks Engine.IO 4 only: use socket.io-client 3 or later.',
    };
  }
  if (!isTransport(transport)) {
    const message = `The parameter transport must be ${transportNames.join(' or ')}.`;
    return { code: unknownTransport, message };
  }
  if (enabled.includes(transport)) return undefined;
  const message =
    `The transport ${transport} is disabled by SOCKET_TRANSPORTS of this server: ` +
    `use ${enabled.join(' or ')}.`;
  return { code: unknownTransport, message };
}

const isTransport = (name: unknown): name is TransportName =>
  transportNames.some((transport) => transport === name);
