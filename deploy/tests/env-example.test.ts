import { readFileSync } from 'node:fs';
import { authConfig } from '@parley/auth';
import { directoryConfig } from '@parley/directory';
import { gatewayConfig } from '@parley/gateway';
import { hooksConfig } from '@parley/hooks';
import { messagesConfig } from '@parley/messages';
import { notificationsConfig } from '@parley/notifications';
import { webConfig } from '@parley/web';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { embeddedDefaults, embeddedSettings, loadEmbeddedConfig } from '../embedded/config.ts';

const lines = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8').split('\n');
const example = new Map(
  lines.flatMap((line) =>
    [...line.matchAll(/^([A-Z_]+)=(.*)$/g)].map(([, name = '', value = '']) => [name, value]),
  ),
);
const shapes = [
  authConfig,
  directoryConfig,
  messagesConfig,
  notificationsConfig,
  hooksConfig,
  gatewayConfig,
  webConfig,
  embeddedSettings,
].map((schema) => schema.shape as Record<string, z.ZodType>);
const names = [...new Set(shapes.flatMap((shape) => Object.keys(shape)))].sort();
/** The default in every service that has the setting. */
const schemasOf = (name: string) => shapes.flatMap((shape) => shape[name] ?? []);

describe('.env.example', () => {
  it('lists every setting of every service exactly once, and no others', () => {
    expect(lines.filter((line) => /^[A-Z_]+=/.test(line)).map((line) => line.split('=')[0])).toHaveLength(
      example.size,
    );
    expect([...example.keys()].sort()).toEqual(names);
  });

  it.each(names)('states the default of %s, and explains it', (name) => {
    const value = example.get(name) ?? '';
    const defaults = new Set(
      schemasOf(name).map((schema) => JSON.stringify(schema.safeParse(undefined).data ?? null)),
    );
    const [only] = defaults;
    // Where services differ, or there is no default, the variable may be empty; otherwise it must
    // be usable.
    if (value !== '')
      for (const schema of schemasOf(name)) expect(schema.safeParse(value)).toMatchObject({ success: true });
    if (defaults.size > 1) expect(value).toBe('');
    else if (only !== 'null')
      expect(new Set(schemasOf(name).map((schema) => JSON.stringify(schema.safeParse(value).data)))).toEqual(
        defaults,
      );
    expect(lines[lines.indexOf(`${name}=${value}`) - 1]).toMatch(/^# \S/);
  });

  it('names each default of the embedded start that differs', () => {
    for (const [name, value] of Object.entries(embeddedDefaults)) {
      const comment = lines[lines.indexOf(`${name}=${example.get(name)}`) - 1];
      expect(comment).toMatch(new RegExp(`embedded start:? ${value}\\b`));
    }
  });
});

describe('the settings of the embedded start', () => {
  it('are those of all services; an empty one counts as absent', () => {
    const config = loadEmbeddedConfig({ PORT: ' ', MESSAGE_RATE: '7/s', BCRYPT_COST: '' });
    expect(config).toMatchObject({
      PORT: 3000,
      BCRYPT_COST: 10,
      MESSAGE_RATE: { rooms: { limit: 7, windowMs: 1_000 }, direct: 'off' },
      DATA_DIR: './data',
    });
  });

  it('ignore database, broker and Redis settings of the environment', () => {
    const config = loadEmbeddedConfig({
      DATABASE_URL: 'postgres://elsewhere/x',
      REDIS_URL: 'redis://elsewhere',
      AMQP_URL: 'amqp://elsewhere',
    });
    expect(JSON.stringify(config)).not.toContain('elsewhere');
    expect(config.REDIS_URL).toBeUndefined();
  });

  it('are all reported at once, each once, by name', () => {
    expect(() => loadEmbeddedConfig({ PORT: 'x', MESSAGE_RATE: 'x', BCRYPT_COST: '99' })).toThrow(
      /^Invalid settings:\n( {2}(PORT|MESSAGE_RATE|BCRYPT_COST): .+\n?){3}$/,
    );
  });
});
