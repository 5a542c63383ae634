import { connect } from 'amqplib';
import { Redis } from 'ioredis';
import pg from 'pg';
import { expect, test } from 'vitest';
import { checkAnswers } from './check-answers.ts';
import { dockerAnswers } from './docker.ts';
import { findServices } from './find-services.ts';

const engine = await dockerAnswers(process.env);

test('containers of PostgreSQL, Redis and RabbitMQ do real work, and are gone after the run', async ({
  skip,
}) => {
  skip(!engine, 'no Docker engine answers');
  const { urls, stop } = await findServices({ ...process.env, PARLEY_TEST_SERVICES: 'docker' });
  try {
    const client = new pg.Client({ connectionString: urls.databaseUrl });
    await client.connect();
    // Needs a superuser, as createTestDatabase does.
    await client.query('create database proof');
    expect((await client.query("select current_setting('fsync') as fsync")).rows).toEqual([{ fsync: 'off' }]);
    await client.end();

    const redis = new Redis(urls.redisUrl);
    expect(await redis.incr('proof')).toBe(1);
    redis.disconnect();

    const connection = await connect(urls.amqpUrl);
    const channel = await connection.createConfirmChannel();
    await channel.assertQueue('proof', { durable: true });
    channel.sendToQueue('proof', Buffer.from('kept'), { persistent: true });
    await channel.waitForConfirms();
    expect(await channel.get('proof')).toMatchObject({ content: Buffer.from('kept') });
    await connection.close();
  } finally {
    await stop();
  }
  await expect(checkAnswers('postgres', urls.databaseUrl)).rejects.toThrow('no server answers');
  await expect(checkAnswers('redis', urls.redisUrl)).rejects.toThrow('no server answers');
  await expect(checkAnswers('rabbitmq', urls.amqpUrl)).rejects.toThrow('no server answers');
}, 180_000);

test('PARLEY_TEST_SERVICES=docker fails for every server when no engine answers', async () => {
  const searching = findServices({
    PARLEY_TEST_SERVICES: 'docker',
    DOCKER_HOST: 'unix:///nowhere/docker.sock',
  });
  await expect(searching).rejects.toThrow(
    /postgres(.|\n)*no Docker engine answers(.|\n)*redis(.|\n)*rabbitmq/,
  );
});
