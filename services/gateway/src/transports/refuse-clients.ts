import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { closeReasons } from '@parley/contracts';
import { ClosingWebSocketServer } from './closing-web-socket-server.ts';
import { type EngineMiddleware, engineQuery } from './engine-middleware.ts';
import { answerUpgrade } from './refuse-upgrade.ts';
import { upgradeHeadOf } from './upgrade-heads.ts';

export const transportNames = ['polling', 'websocket'] as const;
export type TransportName = (typeof transportNames)[number];

/** Engine.IO's error codes. */
const unknownTransport = 0;
const unsupportedVersion = 5;
/** Frames of refused clients are ignored, so the limit is small. */
const maxFrameBytes = 1_024;

/** The session id of every refused client. */
const refusedSid = 'refused';

interface Refusal {
  code: number;
  message: string;
}

/**
 * An Engine.IO middleware that refuses clients that can never connect, and says what to change.
 * Clients do not show the body of an HTTP error. A handshake therefore succeeds, followed by a
 * Socket.IO connection error: socket.io-client 3 and later emit `connect_error`, version 2 emits
 * `error`.
 */
export function refuseClients(enabled: readonly TransportName[]): EngineMiddleware {
  const webSockets = new ClosingWebSocketServer({ noServer: true, maxPayload: maxFrameBytes });
  return (request, response, next) => {
    const refusal = refusalOf(request, enabled);
    if (!refusal) return next();
    const { sid, EIO, transport } = engineQuery(request);
    const isClient = EIO !== undefined && isTransport(transport);
    const isHandshake = isClient && sid === undefined && request.method === 'GET';
    const body = JSON.stringify(refusal);
    const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
    if (response instanceof ServerResponse) {
      const answer = isHandshake
        ? payloadOf(request, packetsOf(request, refusal))
        : sid === refusedSid && (request.method === 'POST' ? 'ok' : payloadOf(request, [closePacket]));
      if (answer) response.writeHead(200, { 'Content-Type': 'text/plain; charset=UTF-8' }).end(answer);
      else response.writeHead(400, headers).end(body);
    } else if (isHandshake) {
      webSockets.handleUpgrade(request, response.socket as Duplex, upgradeHeadOf(request), (socket) => {
        for (const packet of packetsOf(request, refusal)) socket.send(packet);
        socket.on('error', () => socket.terminate());
        socket.close(closeReasons.protocol_error.code, refusal.message);
      });
    } else answerUpgrade(response.socket, { status: 400, headers, body });
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

const isVersion3 = (request: IncomingMessage) => engineQuery(request).EIO !== '4';

/**
 * Engine.IO's `open` packet, and Socket.IO's error, whose data was a bare text before version 3.
 */
function packetsOf(request: IncomingMessage, { message }: Refusal): [string, string] {
  const open = { sid: refusedSid, upgrades: [], pingInterval: 25_000, pingTimeout: 20_000, maxPayload: 0 };
  return [`0${JSON.stringify(open)}`, `44${JSON.stringify(isVersion3(request) ? message : { message })}`];
}

/**
 * Engine.IO's `close` packet. Clients before socket.io-client 4.1 continue the session. An error in
 * response to that would be shown after ours.
 */
const closePacket = '1';

/** Encodes packets as the response to a poll. */
const payloadOf = (request: IncomingMessage, packets: readonly string[]): string =>
  isVersion3(request) ? packets.map((packet) => `${packet.length}:${packet}`).join('') : packets.join('\x1e');
