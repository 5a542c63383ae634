import { allOperations, clientEvents, openApiPath, serverEvents } from '@parley/contracts';
import { servedRoutes } from '@parley/http';
import { temporaryFolder } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadEmbeddedConfig } from '../embedded/config.ts';
import { type Embedded, startEmbedded } from '../embedded/start-embedded.ts';
import { unlimited } from './whole-stack/target.ts';

interface Document {
  paths: Record<string, Record<string, { operationId?: string; responses: Record<string, unknown> }>>;
}

let embedded: Embedded;
let document: Document;

beforeAll(async () => {
  embedded = await startEmbedded(
    loadEmbeddedConfig({ ...unlimited, PORT: '0', DATA_DIR: temporaryFolder(), LOG_LEVEL: 'silent' }),
  );
  document = (await (await fetch(`${embedded.url}/openapi.json`)).json()) as Document;
});
afterAll(() => embedded?.stop());

const documented = () =>
  Object.entries(document.paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method} ${path}`),
  );

test('the OpenAPI document contains every served route, and nothing else', () => {
  // The files of the two pages are not part of the API, and neither is the web client's page.
  const served = servedRoutes(embedded.app)
    .filter(({ path }) => !/^\/((docs|assets)\/.*)?$/.test(path))
    .map(({ method, path }) => `${method} ${openApiPath(path)}`);
  expect(served.length).toBeGreaterThan(40);
  expect([...new Set(served)].sort()).toEqual(documented().sort());
});

test('operation ids are unique, and every operation describes its success and its failures', () => {
  const ids = allOperations.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, { operationId, responses }] of Object.entries(item)) {
      const statuses = Object.keys(responses);
      expect([method, path, statuses.some((status) => status.startsWith('2'))]).toEqual([method, path, true]);
      const invalid = path.startsWith('/api/v1/') ? '422' : '400';
      if (operationId)
        expect([method, path, statuses.includes(invalid), statuses.includes('429')]).toEqual([
          method,
          path,
          true,
          true,
        ]);
      if (operationId && invalid === '400') expect([path, statuses.includes('422')]).toEqual([path, false]);
    }
  }
});

test('without a token every protected operation answers 401, whatever else is wrong', async () => {
  const guarded = allOperations.filter(({ access }) => access !== 'public');
  expect(guarded.length).toBeGreaterThan(30);
  for (const { method, path } of guarded) {
    const response = await fetch(embedded.url + path.replace(/:\w+/g, 'x'), { method: method.toUpperCase() });
    expect([method, path, response.status]).toEqual([method, path, 401]);
  }
});

test('the gateway and the AsyncAPI document have exactly the events of the contract', async () => {
  const { asyncapi, channels } = (await (await fetch(`${embedded.url}/asyncapi.json`)).json()) as {
    asyncapi: string;
    channels: Record<string, { messages: object }>;
  };
  expect(asyncapi).toBe('3.0.0');
  expect(Object.keys(channels).sort()).toEqual([
    'camelCase',
    'canonical',
    'kebabCase',
    'notifications',
    'webSocket',
  ]);
  const events = [
    ...Object.keys(clientEvents).map((event) => `client.${event}`),
    ...Object.keys(serverEvents).map((event) => `server.${event}`),
  ];
  expect(Object.keys(channels.canonical?.messages ?? {}).sort()).toEqual(events.sort());
});
