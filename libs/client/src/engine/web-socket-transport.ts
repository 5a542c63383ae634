import { WebSocket } from '#web-socket';
import type { OpenTransport } from './transport.ts';

/** One packet per message. */
export const openWebSocket: OpenTransport = (url, { onPacket, onError, onClose }) => {
  const socket = new WebSocket(url.href.replace('http', 'ws'));
  socket.onmessage = ({ data }) => onPacket(String(data));
  // Browsers do not say what is wrong.
  socket.onerror = () => onError('websocket error');
  socket.onclose = ({ code }) => onClose(code);
  return {
    send: (packet) => socket.send(packet),
    close: () => socket.close(),
    // Only in Node, where the closing handshake would keep the process running for 30 s.
    cut: () => socket.terminate?.(),
  };
};
