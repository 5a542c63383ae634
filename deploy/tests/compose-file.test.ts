import { readFileSync } from 'node:fs';
import { authConfig } from '@parley/auth';
import { directoryConfig } from '@parley/directory';
import { gatewayConfig } from '@parley/gateway';
import { hooksConfig } from '@parley/hooks';
import { messagesConfig } from '@parley/messages';
import { notificationsConfig } from '@parley/notifications';
import { loadConfig } from '@parley/runtime';
import { webConfig } from '@parley/web';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

interface ComposeService {
  environment?: Record<string, string | number | null>;
  ports?: string[];
  networks?: string[];
  volumes?: string[];
  stop_grace_period?: string;
  depends_on?: Record<string, { condition: string }>;
}

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
// Compose's own tags (`!reset`) are unknown to the parser, which ignores them.
const servicesIn = (yaml: string): Record<string, ComposeService> =>
  parse(yaml, { merge: true, logLevel: 'silent' }).services;
const text = read('docker-compose.yml');
const services = servicesIn(text);
const schemas = {
  auth: authConfig,
  directory: directoryConfig,
  messages: messagesConfig,
  notifications: notificationsConfig,
  hooks: hooksConfig,
  gateway: gatewayConfig,
  web: webConfig,
};
const names = Object.keys(schemas) as (keyof typeof schemas)[];
/** Set by the image. */
const ofTheImage = ['HOST', 'METRICS_PORT', 'NODE_ENV', 'PORT'];

/** The values in the file, with `secret…` for those from `.env`, and defaults for optional ones. */
function environmentOf(name: string, from = services): Record<string, string> {
  const given = Object.entries(from[name]?.environment ?? {}).filter(([, value]) => value !== null);
  const filled = (value: string) =>
    value.replace(/\$\{\w+:\?[^}]*\}/g, 'secret'.repeat(8)).replace(/\$\{\w+:-([^}]*)\}/g, '$1');
  return Object.fromEntries(given.map(([variable, value]) => [variable, filled(String(value))]));
}

describe('docker-compose.yml', () => {
  it.each(names)('gives %s exactly the settings that it has, directly or from .env', (name) => {
    const settings = Object.keys(schemas[name].shape).filter((setting) => !ofTheImage.includes(setting));
    expect(Object.keys(services[name]?.environment ?? {}).sort()).toEqual(settings.sort());
    expect(() => loadConfig(schemas[name], environmentOf(name))).not.toThrow();
  });

  it.each(names)('gives %s the time to stop that its settings require', (name) => {
    const { STOP_GRACE, SHUTDOWN_TIMEOUT } = loadConfig(schemas[name], environmentOf(name));
    expect(services[name]?.stop_grace_period).toBe(`${(STOP_GRACE + SHUTDOWN_TIMEOUT + 6_000) / 1_000}s`);
  });

  it('lets Prometheus find the metrics of every service, at a port that the balancer never asks', () => {
    const [, port = ''] = /^ENV .*\bMETRICS_PORT=(\d+)/m.exec(read('deploy/docker/Dockerfile')) ?? [];
    const { scrape_configs: jobs } = parse(read('deploy/observability/prometheus.yml'));
    const scraped = jobs.flatMap(
      ({ dns_sd_configs: found }: { dns_sd_configs: { names: string[]; port: number }[] }) =>
        found.map(({ names: [name], port: at }) => [name, at]),
    );
    expect(scraped).toEqual(names.map((name) => [name, Number(port)]));
    expect(read('deploy/docker/balancer.cfg')).not.toContain(port);
  });

  it("publishes only the balancer's port, and connects each server only to its users", () => {
    expect(names.concat('balancer' as never).filter((name) => services[name]?.ports)).toEqual(['balancer']);
    for (const server of ['postgres', 'redis', 'rabbitmq']) expect(services[server]?.ports).toBeUndefined();
    const on = (network: string) =>
      Object.keys(services).filter((name) => services[name]?.networks?.includes(network));
    const using = (variable: string) =>
      Object.keys(services).filter((name) => services[name]?.environment?.[variable] !== undefined);
    expect(on('database').sort()).toEqual([...using('DATABASE_URL'), 'postgres'].sort());
    expect(on('broker')).toEqual(expect.arrayContaining([...using('AMQP_URL'), 'rabbitmq']));
    expect(on('cache').sort()).toEqual([...using('REDIS_URL'), 'redis'].sort());
  });

  it('contains no secret: each comes from .env, and nothing starts without it', () => {
    const secrets = [...text.matchAll(/^ +(?:- )?\w*(?:PASSWORD|PASS|SECRET|_AUTH): (.+)$/gm)].map(
      ([, value = '']) => value,
    );
    expect(secrets.length).toBeGreaterThan(7);
    expect(secrets.filter((value) => !/^\$\{\w+:\?[^}]+\}$/.test(value))).toEqual([]);
    expect(
      [...text.matchAll(/:\/\/\w*:([^@]*)@/g)].filter(([, password]) => !/^\$\{\w+:\?/.test(password ?? '')),
    ).toEqual([]);
    expect(text).not.toMatch(/\$\{\w*(?:PASSWORD|SECRET):?-/);
  });

  it('gives each service its own role, and starts it after its migrations', () => {
    for (const name of names.filter((one) => 'DATABASE_URL' in schemas[one].shape)) {
      expect(new URL(environmentOf(name).DATABASE_URL ?? '').username).toBe(name);
      expect(services[name]?.depends_on?.[`${name}-migrations`]).toEqual({
        condition: 'service_completed_successfully',
      });
      expect(new URL(environmentOf(`${name}-migrations`).DATABASE_URL ?? '').username).toBe('migrations');
    }
  });
});

describe('own-servers.yml', () => {
  const own = servicesIn(read('deploy/docker/own-servers.yml'));
  const urlsOf = (name: string) => Object.keys(environmentOf(name)).filter((each) => each.endsWith('_URL'));
  const connecting = Object.keys(services).filter((name) => urlsOf(name).length > 0);

  it.each(connecting)('lets %s verify each of its servers', (name) => {
    const before = environmentOf(name);
    const environment = environmentOf(name, own);
    const urls = urlsOf(name);
    expect(Object.keys(environment).sort()).toEqual([...urls, 'NODE_EXTRA_CA_CERTS'].sort());
    for (const setting of urls) {
      const url = new URL(environment[setting] ?? '');
      expect(url.protocol === 'postgres:' ? url.search : url.protocol).toBe(
        { DATABASE_URL: '?sslmode=verify-full', AMQP_URL: 'amqps:', REDIS_URL: 'rediss:' }[setting],
      );
      expect(url.username).toBe(new URL(before[setting] ?? '').username);
    }
    expect(own[name]?.volumes).toEqual([expect.stringContaining(`:${environment.NODE_EXTRA_CA_CERTS}:ro`)]);
  });

  it('starts none of the three servers', () => {
    for (const server of ['postgres', 'rabbitmq', 'redis']) expect(own[server]).toBe('null');
  });
});
