import { WebSocket } from 'ws';
import { print } from './console.mjs';

/**
 * A plain WebSocket at the root URL. Prints frames with events that the client knows, drops others.
 */
export function connectFrames(url, token, events) {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), { headers: { Authorization: `Bearer ${token}` } });
  socket.on('open', () => print('connect'));
  socket.on('close', (code) => print('disconnect', { code }));
  socket.on('error', (error) => print('connect_error', { message: error.message }));
  socket.on('message', (raw) => {
    const { event, data } = JSON.parse(String(raw));
    if (events.includes(event)) print(event, data);
  });
  return { emit: (event, data) => socket.send(JSON.stringify({ event, data })) };
}
