import { io } from 'socket.io-client';

const [token, roomId] = process.argv.slice(2);
const socket = io('http://127.0.0.1:37031', { auth: { token } });
socket.on('connect_error', ({ message }) => console.error(`not connected: ${message}`));
socket.on('receive_message', ({ username, content }) => console.log(`${username}: ${content}`));
socket.on('connect', async () => {
  await socket.emitWithAck('join_room', { roomId });
  const sent = await socket.emitWithAck('send_message', { roomId, content: 'Hello from a socket.' });
  console.log(sent.ok ? `acknowledged as number ${sent.data.seq}` : `not sent: ${sent.error.message}`);
});
