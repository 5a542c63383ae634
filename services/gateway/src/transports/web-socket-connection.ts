import type { VerifiedToken } from '@parley/http';
import type { WebSocket } from 'ws';
import { LiveConnection, type Outgoing } from '../connections/live-connection.ts';
import { Packet } from '../connections/packet.ts';
import type { Dialect } from '../dialects/dialect-table.ts';
import { WebSocketPipe } from './web-socket-pipe.ts';

export class WebSocketConnection extends LiveConnection {
  constructor(
    socket: WebSocket,
    id: string,
    token: VerifiedToken,
    options: { dialect: Dialect | undefined; outgoing: Outgoing },
  ) {
    super(id, token, { pipe: new WebSocketPipe(socket), outgoing: options.outgoing, transport: 'webSocket' });
    if (options.dialect) this.setDialect(options.dialect);
  }

  /** Answers a frame that had an id. */
  reply(answer: object): void {
    this.answer(new Packet(JSON.stringify(answer)));
  }
}
