import { loadConfig } from '@parley/runtime';
import { describe, expect, test } from 'vitest';
import { authConfig } from './config.ts';

const required = {
  DATABASE_URL: 'postgres://localhost/parley',
  AMQP_URL: 'amqp://localhost',
  SIGNING_SECRET: 'of at least 32 characters, this one',
};
const load = (env: Record<string, string> = {}) => loadConfig(authConfig, { ...required, ...env });

describe('settings', () => {
  test('have safe defaults', () => {
    expect(load()).toMatchObject({
      NODE_ENV: 'production',
      BCRYPT_COST: 12,
      ACCESS_TTL: 15 * 60_000,
      SIMPLE_ACCESS_TTL: 7 * 86_400_000,
      REFRESH_TTL: 30 * 86_400_000,
      REFRESH_TOKEN_REUSE: 'until_successor_used',
      PASSWORD_MIN_LENGTH: 8,
      KEY_ROTATION: 30 * 86_400_000,
      LOGIN_RATE: { limit: 10, windowMs: 60_000 },
      REGISTER_RATE: { limit: 30, windowMs: 3_600_000 },
      ORG_JOIN_POLICY: 'invite',
    });
    expect(load({ LOGIN_RATE: 'off', REGISTER_RATE: 'off' })).toMatchObject({
      LOGIN_RATE: 'off',
      REGISTER_RATE: 'off',
    });
  });

  test('a weak bcrypt cost is refused in production and accepted elsewhere', () => {
    expect(() => load({ BCRYPT_COST: '9' })).toThrow('BCRYPT_COST: at least 10 in production');
    expect(load({ BCRYPT_COST: '4', NODE_ENV: 'test' }).BCRYPT_COST).toBe(4);
    expect(() => load({ BCRYPT_COST: '16' })).toThrow('BCRYPT_COST');
    expect(() => load({ BCRYPT_COST: '3', NODE_ENV: 'test' })).toThrow('BCRYPT_COST');
  });

  test('a minimum password length below 6 is refused', () => {
    expect(load({ PASSWORD_MIN_LENGTH: '6' }).PASSWORD_MIN_LENGTH).toBe(6);
    expect(() => load({ PASSWORD_MIN_LENGTH: '5' })).toThrow('PASSWORD_MIN_LENGTH');
  });

  test('a short SIGNING_SECRET is refused', () => {
    expect(() => load({ SIGNING_SECRET: 'x'.repeat(31) })).toThrow('SIGNING_SECRET: at least 32 characters');
  });
});
