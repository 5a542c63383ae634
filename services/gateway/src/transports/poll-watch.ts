import type { ServerResponse } from 'node:http';
import type { Server } from 'socket.io';
import { slowestBytesPerMs } from './heartbeat.ts';
import { type EnginePacket, sizeOf } from './socket-io-connection.ts';

/** The parts of an Engine.IO session and its polling transport that we rely on. */
interface Session {
  readonly transport: PollingTransport;
  on(event: 'flush', listener: (packets: EnginePacket[]) => void): void;
  off(event: 'flush', listener: (packets: EnginePacket[]) => void): void;
  once(event: 'upgrade', listener: () => void): void;
  onClose(reason: string): void;
}
interface PollingTransport {
  readonly name: string;
  /** Whether a poll is waiting. */
  readonly writable: boolean;
  readonly res?: ServerResponse | null;
  send(packets: { type: 'noop' }[]): void;
  onError(message: string): void;
  on(event: 'ready' | 'drain', listener: () => void): void;
}

/**
 * Ends polling sessions that their clients have abandoned. A client whose request fails opens a new
 * session, and often cannot close the old one because its network path is what failed. Engine.IO
 * alone would keep the old session until a heartbeat is missed. Clients poll again as soon as they
 * have an answer, so one that does not poll within the timeout is gone. A poll that has waited for
 * that time is answered without data, because some clients never abort it.
 */
export function watchPolls(engine: Server['engine'], timeoutMs: number): void {
  engine.on('connection', (session: Session) => {
    if (session.transport.name === 'polling') watch(session, timeoutMs);
  });
}

function watch(session: Session, timeoutMs: number): void {
  const { transport } = session;
  let answeredBytes = 0;
  let timer: NodeJS.Timeout | undefined;
  const startTimer = (ms: number) => {
    clearTimeout(timer);
    timer = setTimeout(expire, ms).unref();
  };
  const expire = () => {
    if (session.transport !== transport) return;
    if (transport.writable) transport.send([{ type: 'noop' }]);
    else session.onClose('ping timeout');
  };
  // A long answer extends the client's time.
  const answered = () => startTimer(timeoutMs + answeredBytes / slowestBytesPerMs);
  const flush = (packets: EnginePacket[]) => {
    answeredBytes = packets.reduce((sum, packet) => sum + sizeOf(packet), 0);
    answered();
    const { res: answer } = transport;
    const connection = answer?.socket;
    // A long answer that was cut off counts as written, but its client abandons the session.
    answer?.once('close', () => connection?.errored && transport.onError('an answer was cut off'));
  };
  session.on('flush', flush);
  session.once('upgrade', () => session.off('flush', flush));
  transport.on('ready', () => {
    // Engine.IO may have answered the poll before this listener is called.
    if (transport.writable) startTimer(timeoutMs);
  });
  // Comes after the flush if the answer is compressed.
  transport.on('drain', () => {
    answered();
    answeredBytes = 0;
  });
  // The handshake has just been answered.
  startTimer(timeoutMs);
}
