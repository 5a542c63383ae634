import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { closeReasons } from '@parley/contracts';
import type { AppError } from '@parley/errors';
import { ClosingWebSocketServer } from './closing-web-socket-server.ts';
import { engineQuery, type UpgradeResponse } from './engine-middleware.ts';
import { upgradeHeadOf } from './upgrade-heads.ts';

/** The session id of every refused client. */
export const refusedSid = 'refused';

/** Frames of refused clients are ignored, so the limit is small. */
const maxFrameBytes = 1_024;
const webSockets = new ClosingWebSocketServer({ noServer: true, maxPayload: maxFrameBytes });

/** A text for people, or an error that the client may handle. */
export type PacketRefusal = { message: string } | { error: AppError };

/**
 * Refuses a handshake in the client's own protocol. Clients do not show the body of an HTTP error.
 * The handshake therefore succeeds, followed by a Socket.IO connection error: socket.io-client 3
 * and later emit `connect_error`, version 2 emits `error`.
 */
export function refuseByPacket(
  request: IncomingMessage,
  response: ServerResponse | UpgradeResponse,
  refusal: PacketRefusal,
): void {
  const packets = packetsOf(request, refusal);
  if (response instanceof ServerResponse) {
    answerPoll(response, payloadOf(request, packets));
    return;
  }
  webSockets.handleUpgrade(request, response.socket as Duplex, upgradeHeadOf(request), (socket) => {
    for (const packet of packets) socket.send(packet);
    socket.on('error', () => socket.terminate());
    const { code } = 'error' in refusal ? closeReasons.not_opened : closeReasons.protocol_error;
    socket.close(code, messageOf(refusal));
  });
}

/** Answers a later request of a client that was refused over polling. */
export function endRefused(request: IncomingMessage, response: ServerResponse): void {
  answerPoll(response, request.method === 'POST' ? 'ok' : payloadOf(request, [closePacket]));
}

function answerPoll(response: ServerResponse, body: string): void {
  response.writeHead(200, { 'Content-Type': 'text/plain; charset=UTF-8' }).end(body);
}

const messageOf = (refusal: PacketRefusal): string =>
  'error' in refusal ? refusal.error.message : refusal.message;

const isVersion3 = (request: IncomingMessage) => engineQuery(request).EIO !== '4';

/**
 * Engine.IO's `open` packet, and Socket.IO's error, whose data was a bare text before version 3.
 */
function packetsOf(request: IncomingMessage, refusal: PacketRefusal): [string, string] {
  const open = { sid: refusedSid, upgrades: [], pingInterval: 25_000, pingTimeout: 20_000, maxPayload: 0 };
  const message = messageOf(refusal);
  const error = 'error' in refusal ? { message, data: refusal.error.toData() } : { message };
  return [`0${JSON.stringify(open)}`, `44${JSON.stringify(isVersion3(request) ? message : error)}`];
}

/**
 * Engine.IO's `close` packet. Clients before socket.io-client 4.1 continue the session. An error in
 * response to that would be shown after ours.
 */
const closePacket = '1';

/** Encodes packets as the response to a poll. */
const payloadOf = (request: IncomingMessage, packets: readonly string[]): string =>
  isVersion3(request) ? packets.map((packet) => `${packet.length}:${packet}`).join('') : packets.join('\x1e');
