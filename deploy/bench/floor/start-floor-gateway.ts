import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Running } from '@parley/runtime';
import { connect } from 'amqplib';
import { Redis } from 'ioredis';
import { type WebSocket, WebSocketServer } from 'ws';
import { type Change, type Submission, submissionsQueue } from './change.ts';

export interface FloorGateway extends Running {
  url: string;
}

interface Client {
  socket: WebSocket;
  network: Socket;
  userId: string;
}
interface Unanswered {
  client: Client;
  ackId: string;
}
interface Sent {
  roomId: string;
  content: string;
  clientId: string;
}

const asText = { binary: false };
/** Engine.IO 4 over a WebSocket. It sends no pings: no phase of the benchmark needs them. */
const open = '0{"sid":"floor","upgrades":[],"pingInterval":300000,"pingTimeout":300000,"maxPayload":100000}';

/**
 * A gateway that only carries: submissions to the writer, and changes from Redis to the members of
 * their room. The change itself acknowledges the send.
 */
export async function startFloorGateway(urls: {
  rabbitUrl: string;
  redisUrl: string;
}): Promise<FloorGateway> {
  const broker = await connect(urls.rabbitUrl, { noDelay: true });
  const channel = await broker.createChannel();
  await channel.assertQueue(submissionsQueue, { durable: false });
  const subscriber = new Redis(urls.redisUrl);
  const rooms = new Map<string, Set<Client>>();
  const unanswered = new Map<string, Unanswered>();
  let waiting: Submission[] = [];

  /** The submissions of one tick travel together. */
  const submit = (submission: Submission) => {
    if (waiting.push(submission) > 1) return;
    setImmediate(() => {
      channel.sendToQueue(submissionsQueue, Buffer.from(JSON.stringify(waiting)));
      waiting = [];
    });
  };
  const deliver = (roomId: string, changes: readonly Change[]) => {
    const frames = changes.map((change) => Buffer.from(`42["receive_message",${JSON.stringify(change)}]`));
    for (const { socket, network } of rooms.get(roomId) ?? []) {
      network.cork();
      for (const frame of frames) socket.send(frame, asText);
      network.uncork();
    }
    for (const { id, seq } of changes) {
      const asked = unanswered.get(id);
      if (!asked) continue;
      unanswered.delete(id);
      asked.client.socket.send(`43${asked.ackId}[{"ok":true,"data":{"id":"${id}","seq":${seq}}}]`);
    }
  };
  subscriber.on('message', (roomId: string, text: string) => deliver(roomId, JSON.parse(text) as Change[]));

  const join = async (client: Client, roomId: string, ackId: string) => {
    const members = rooms.get(roomId) ?? new Set();
    rooms.set(roomId, members.add(client));
    await subscriber.subscribe(roomId);
    client.socket.send(`43${ackId}[{"ok":true}]`);
  };
  const receive = (client: Client, frame: string) => {
    if (frame.startsWith('40')) {
      client.userId = (JSON.parse(frame.slice(2)) as { token: string }).token;
      client.socket.send('40{"sid":"floor"}');
      return;
    }
    const begin = frame.indexOf('[');
    const ackId = frame.slice(2, begin);
    const [event, payload] = JSON.parse(frame.slice(begin)) as [string, Sent];
    if (event === 'join_room') void join(client, payload.roomId, ackId);
    else {
      const id = randomUUID();
      unanswered.set(id, { client, ackId });
      const { roomId, content, clientId } = payload;
      submit({ id, roomId, userId: client.userId, content, clientId });
    }
  };

  const http = createServer();
  const sockets = new WebSocketServer({ server: http, perMessageDeflate: false, skipUTF8Validation: true });
  sockets.on('connection', (socket, { socket: network }) => {
    const client: Client = { socket, network, userId: '' };
    socket.on('message', (data) => receive(client, data.toString()));
    socket.on('close', () => {
      for (const members of rooms.values()) members.delete(client);
    });
    socket.send(open);
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    async stop() {
      for (const socket of sockets.clients) socket.terminate();
      http.close();
      subscriber.disconnect();
      await broker.close();
    },
  };
}
