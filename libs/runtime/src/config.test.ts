import { expect, test } from 'vitest';
import { z } from 'zod';
import { commonSettings, databaseSettings, duration, durationOrOff, loadConfig, rate } from './config.ts';

const schema = z.object({
  ...commonSettings,
  ...databaseSettings,
  LOGIN_RATE: rate('10/m'),
  ACCESS_TTL: duration('15m'),
});
const good = { DATABASE_URL: 'postgres://localhost/x', AMQP_URL: 'amqp://localhost' };

test('defaults apply, and an empty variable counts as absent', () => {
  const config = loadConfig(schema, { ...good, API_RATE: '', HOST: ' ' });
  expect(config).toMatchObject({
    HOST: '127.0.0.1',
    NODE_ENV: 'production',
    API_RATE: { limit: 600, windowMs: 60_000 },
    LOGIN_RATE: { limit: 10, windowMs: 60_000 },
    ACCESS_TTL: 900_000,
    CORS_ORIGINS: ['*'],
  });
});

test('all problems are reported at once, by variable name', () => {
  const bad = {
    DATABASE_URL: 'mysql://x',
    PORT: '70000',
    LOG_LEVEL: 'loud',
    API_RATE: 'fast',
    ACCESS_TTL: '15',
    NAMESPACE: 'Ünfit',
  };
  const names = ['DATABASE_URL', 'AMQP_URL', 'PORT', 'LOG_LEVEL', 'API_RATE', 'ACCESS_TTL', 'NAMESPACE'];
  const problems = () => loadConfig(schema, bad);
  for (const name of names) expect(problems).toThrow(name);
  expect(problems).toThrow('AMQP_URL: is required');
});

test.each([
  ['5/10s', { limit: 5, windowMs: 10_000 }],
  ['100/m', { limit: 100, windowMs: 60_000 }],
  ['1/250ms', { limit: 1, windowMs: 250 }],
  ['off', 'off'],
])('rate %s is accepted', (text, expected) => {
  expect(loadConfig(schema, { ...good, API_RATE: text }).API_RATE).toEqual(expected);
});

test.each(['0/10s', '5/0s', '5', '-1/s', '5/10', '5/10y', '1.5/s'])('rate %s is rejected', (text) => {
  expect(() => loadConfig(schema, { ...good, API_RATE: text })).toThrow(
    'API_RATE: write a rate such as 5/10s, 100/m, or off',
  );
});

test('origins are taken as browsers send them', () => {
  const CORS_ORIGINS = 'https://Chat.example/, http://localhost:5173,capacitor://localhost, null';
  expect(loadConfig(schema, { ...good, CORS_ORIGINS }).CORS_ORIGINS).toEqual([
    'https://chat.example',
    'http://localhost:5173',
    'capacitor://localhost',
    'null',
  ]);
});

test.each(['chat.example', 'https://chat.example/app', 'https://*.example,nonsense', 'https://'])(
  'CORS_ORIGINS=%s is rejected, because no page has such an origin',
  (text) => {
    expect(() => loadConfig(schema, { ...good, CORS_ORIGINS: text })).toThrow(
      'write origins such as https://chat.example',
    );
  },
);

test.each([
  [undefined, 'off'],
  ['off', 'off'],
  ['1m', 60_000],
  ['90d', 90 * 86_400_000],
])('duration or off: %s is accepted', (text, expected) => {
  expect(durationOrOff('off', '1m').parse(text)).toBe(expected);
});

test.each(['59s', '0d', 'never', '1.5h'])('duration %s is rejected: too short or malformed', (text) => {
  expect(() => durationOrOff('off', '1m').parse(text)).toThrow('write a duration of at least 1m');
});
