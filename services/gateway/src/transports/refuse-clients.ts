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
    const isHandshake = engineQuery(request).sid === undefined && request.method === 'GET';
    const body = JSON.stringify(refusal);
    const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
    if (response instanceof ServerResponse) {
      if (isHandshake)
        response
          .writeHead(200, { 'Content-Type': 'text/plain; charset=UTF-8' })
          .end(payloadOf(request, refusal));
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
  if (version !== undefined && version !== '4') {
    return {
      code: unsupportedVersion,
      message: 'This server speaks Engine.IO 4 only: use socket.io-client 3 or later.',
    };
  }
  const isDisabled = transportNames.some((name) => name === transport && !enabled.includes(name));
  if (!isDisabled) return undefined;
  const message =
    `The transport ${transport} is disabled by SOCKET_TRANSPORTS of this server: ` +
    `use ${enabled.join(' or ')}.`;
  return { code: unknownTransport, message };
}

const isVersion3 = (request: IncomingMessage) => engineQuery(request).EIO !== '4';

/**
 * Engine.IO's `open` packet, and Socket.IO's error, whose data was a bare text before version 3.
 */
function packetsOf(request: IncomingMessage, { message }: Refusal): [string, string] {
  const open = { sid: 'refused', upgrades: [], pingInterval: 25_000, pingTimeout: 20_000, maxPayload: 0 };
  return [`0${JSON.stringify(open)}`, `44${JSON.stringify(isVersion3(request) ? message : { message })}`];
}

/**
 * Engine.IO's `close` packet. Without it, version 3 would poll again and show that error instead.
 * Version 4 stops after the Socket.IO error.
 */
const closePacket = '1';

/** Encodes the packets as the response to a poll. */
function payloadOf(request: IncomingMessage, refusal: Refusal): string {
  const packets = packetsOf(request, refusal);
  return isVersion3(request)
    ? [...packets, closePacket].map((packet) => `${packet.length}:${packet}`).join('')
    : packets.join('\x1e');
}
