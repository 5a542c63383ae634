import { statSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, startPostgres, startRabbit, startRedis } from '@parley/servers';
import { queryOnce, startProcess, type TestProcess, temporaryFolder, testNamespace } from '@parley/testkit';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Certificate, createAuthority, giveKey, issueCertificate } from './certificates.ts';

// Real servers with certificates of a private authority, and the settings that the production
// examples use: `sslmode=verify-full`, `amqps:`, `rediss:` and `NODE_EXTRA_CA_CERTS`.
const authority = createAuthority('authority');
const stranger = createAuthority('stranger');
const stops: (() => Promise<unknown>)[] = [];
afterAll(() => Promise.all(stops.map((stop) => stop())));

/** The servers' ports for TLS, and their URLs without it. */
let tls: { postgres: number; rabbit: number; redis: number };
let plain: { postgres: string; rabbit: string; redis: string };
beforeAll(async () => {
  const certificate = issueCertificate(authority, 'localhost');
  const [rabbitPort, redisPort] = [await freePort(), await freePort()];
  const dataDir = temporaryFolder();
  const rabbitSettings = [
    `listeners.ssl.default = 127.0.0.1:${rabbitPort}`,
    `ssl_options.certfile = ${certificate.cert}`,
    `ssl_options.keyfile = ${certificate.key}`,
  ];
  const [postgres, rabbit, redis] = await Promise.all([
    startPostgres({ dataDir, fast: true }),
    startRabbit({ dir: temporaryFolder(), settings: `${rabbitSettings.join('\n')}\n` }),
    startRedis(),
  ]);
  stops.push(() => Promise.all([postgres.stop(), rabbit.stop(), redis.stop()]));
  await turnOnRedis(redis.url, redisPort, certificate);
  await turnOnPostgres(postgres.url, dataDir, certificate);
  tls = { postgres: postgres.port, rabbit: rabbitPort, redis: redisPort };
  plain = { postgres: postgres.url, rabbit: rabbit.url, redis: redis.url };
});

async function turnOnRedis(url: string, port: number, { cert, key }: Certificate) {
  const redis = new Redis(url);
  try {
    const files = ['tls-cert-file', cert, 'tls-key-file', key, 'tls-ca-cert-file', authority.cert];
    await redis.config('SET', ...files, 'tls-auth-clients', 'no', 'tls-port', String(port));
  } finally {
    redis.disconnect();
  }
}

async function turnOnPostgres(url: string, dataDir: string, certificate: Certificate) {
  giveKey(certificate, statSync(join(dataDir, 'postgres')).uid);
  await queryOnce(url, `alter system set ssl_cert_file = '${certificate.cert}'`);
  await queryOnce(url, `alter system set ssl_key_file = '${certificate.key}'`);
  await queryOnce(url, 'alter system set ssl = on');
  await queryOnce(url, 'select pg_reload_conf()');
}

/** The URLs of servers that are reached by TLS under this name. */
function urls(host: string) {
  const postgres = new URL(plain.postgres);
  postgres.hostname = host;
  return {
    postgres: `${postgres}?sslmode=verify-full`,
    rabbit: `amqps://guest:guest@${host}:${tls.rabbit}`,
    redis: `rediss://${host}:${tls.redis}`,
  };
}

const services = {
  auth: (used: typeof plain) => ({
    DATABASE_URL: used.postgres,
    AMQP_URL: used.rabbit,
    SIGNING_SECRET: 'a secret for tests, of more than 32 characters',
  }),
  gateway: (used: typeof plain) => ({ REDIS_URL: used.redis, AMQP_URL: used.rabbit }),
};

async function start(service: keyof typeof services, used: typeof plain, ca: Certificate) {
  const entry = new URL(`../../../dist/${service}.js`, import.meta.url);
  const env = {
    PORT: '0',
    NAMESPACE: testNamespace(),
    TIMELINE_PARTITIONS: '2',
    NODE_EXTRA_CA_CERTS: ca.cert,
  };
  const running = await startProcess({ entry, env: { ...env, ...services[service](used) } });
  stops.push(() => {
    running.kill('SIGKILL');
    return running.ended();
  });
  return running;
}

const whenReady = async (service: TestProcess) => {
  const [, url = ''] = await service.waitForLine(/"url":"([^"]+)".*listening/);
  return (await fetch(`${url}/readyz`)).status;
};

describe('over TLS with a private certificate authority', () => {
  test('services use PostgreSQL, RabbitMQ and Redis', async () => {
    const [auth, gateway] = await Promise.all([
      start('auth', urls('localhost'), authority),
      start('gateway', urls('localhost'), authority),
    ]);
    expect(await Promise.all([whenReady(auth), whenReady(gateway)])).toEqual([200, 200]);
    const sessions = `
      select ssl from pg_stat_ssl join pg_stat_activity using (pid)
      where application_name = 'parley-auth'`;
    const encrypted = (await queryOnce(plain.postgres, sessions)).map((row) => row.ssl);
    expect(new Set(encrypted)).toEqual(new Set([true]));
  });

  const cases = [
    ['postgres', 'auth'],
    ['rabbit', 'auth'],
    ['redis', 'gateway'],
  ] as const;
  test.concurrent.each(cases)(
    '%s with a certificate of another authority is refused',
    async (server, service) => {
      const used = { ...plain, [server]: urls('localhost')[server] };
      const refusing = await start(service, used, stranger);
      await refusing.waitForLine(/unable to (?:verify|get)|self.signed certificate/i);
      expect(refusing.output()).not.toContain('listening');
    },
  );

  test.concurrent.each(cases)(
    '%s under another name than that of its certificate is refused',
    async (server, service) => {
      const used = { ...plain, [server]: urls('127.0.0.1')[server] };
      const refusing = await start(service, used, authority);
      await refusing.waitForLine(/does not match certificate's altnames/);
      expect(refusing.output()).not.toContain('listening');
    },
  );
});
