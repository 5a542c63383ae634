import type { Running } from '@parley/runtime';
import { type ConsumeMessage, connect } from 'amqplib';
import { Redis } from 'ioredis';
import { FloorStore } from '../stores/floor-store.ts';
import { type Change, type Submission, submissionsQueue } from './change.ts';

const maxBatch = 200;

/**
 * The only writer. It stores everything that has queued up with one statement, then publishes each
 * room's changes as one message on the room's Redis channel.
 */
export async function startFloorWriter(urls: {
  rabbitUrl: string;
  redisUrl: string;
  databaseUrl: string;
}): Promise<Running> {
  const store = new FloorStore(urls.databaseUrl);
  const redis = new Redis(urls.redisUrl);
  const broker = await connect(urls.rabbitUrl, { noDelay: true });
  const channel = await broker.createChannel();
  await channel.prefetch(maxBatch);
  await channel.assertQueue(submissionsQueue, { durable: false });

  let arrived: ConsumeMessage[] = [];
  let writing = false;
  const writeArrived = async () => {
    if (writing) return;
    writing = true;
    for (let batch = take(); batch.length > 0; batch = take()) await write(batch);
    writing = false;
  };
  const take = () => {
    const batch = arrived;
    arrived = [];
    return batch;
  };
  const write = async (batch: readonly ConsumeMessage[]) => {
    const submissions = batch.flatMap(({ content }) => JSON.parse(content.toString()) as Submission[]);
    const changes = await store.append(submissions, new Date());
    const publishing = redis.pipeline();
    for (const [roomId, ofRoom] of byRoom(changes)) publishing.publish(roomId, JSON.stringify(ofRoom));
    // The next batch does not wait for Redis. A failure ends the process.
    void publishing.exec();
    const last = batch.at(-1);
    if (last) channel.ack(last, true);
  };
  await channel.consume(submissionsQueue, (message) => {
    if (!message) return;
    arrived.push(message);
    void writeArrived();
  });
  return {
    async stop() {
      await broker.close();
      redis.disconnect();
      await store.close();
    },
  };
}

function byRoom(changes: readonly Change[]): Map<string, Change[]> {
  const rooms = new Map<string, Change[]>();
  for (const change of changes) {
    const ofRoom = rooms.get(change.roomId);
    if (ofRoom) ofRoom.push(change);
    else rooms.set(change.roomId, [change]);
  }
  return rooms;
}
