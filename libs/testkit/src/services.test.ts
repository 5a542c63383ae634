import { connect } from 'amqplib';
import { Redis } from 'ioredis';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { seededRandom, testNamespace } from './random.ts';
import { testServices } from './services.ts';
import { createTestDatabase } from './test-database.ts';

describe('the servers of a run', () => {
  it('are PostgreSQL, Redis and RabbitMQ with the rights that tests need', async () => {
    const { redisUrl, amqpUrl } = testServices();
    const namespace = testNamespace();
    const redis = new Redis(redisUrl);
    expect(await redis.set(`${namespace}:key`, 'value', 'EX', 10)).toBe('OK');
    redis.disconnect();
    const connection = await connect(amqpUrl);
    const channel = await connection.createChannel();
    expect(await channel.assertQueue(`${namespace}.queue`, { exclusive: true })).toMatchObject({
      messageCount: 0,
    });
    await connection.close();
  });

  it('give every test its own database, and remove it despite open connections', async () => {
    const [one, other] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    const client = new pg.Client({ connectionString: one.url });
    const cutOff = new Promise((resolve) => client.on('error', resolve));
    await client.connect();
    await client.query('create table own ()');
    const stranger = new pg.Client({ connectionString: other.url });
    await stranger.connect();
    expect((await stranger.query("select to_regclass('own') as found")).rows).toEqual([{ found: null }]);
    await stranger.end();
    await Promise.all([one.drop(), other.drop()]);
    await cutOff;
    await expect(new pg.Client({ connectionString: one.url }).connect()).rejects.toThrow('does not exist');
  });
});

describe('seededRandom', () => {
  it('give the same random numbers for the same seed, within the bounds', () => {
    const numbers = (seed: number) => {
      const random = seededRandom(seed);
      return Array.from({ length: 1_000 }, () => random.integer(1, 6));
    };
    expect(numbers(7)).toEqual(numbers(7));
    expect(numbers(7)).not.toEqual(numbers(8));
    expect(new Set(numbers(7))).toEqual(new Set([1, 2, 3, 4, 5, 6]));
  });
});
