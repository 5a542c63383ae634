import type { IncomingMessage, Server } from 'node:http';

const heads = new WeakMap<IncomingMessage, Buffer>();
const nothing = Buffer.alloc(0);

/**
 * Keeps the data after the head of each upgrade request, because Engine.IO does not pass it to
 * middlewares.
 */
export function keepUpgradeHeads(server: Server): void {
  server.on('upgrade', (request: IncomingMessage, _socket, head: Buffer) => heads.set(request, head));
}

export const upgradeHeadOf = (request: IncomingMessage): Buffer => heads.get(request) ?? nothing;
