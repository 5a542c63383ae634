import { allOperations, isCanonical, openApiDocument } from '@parley/contracts';
import { expect, test } from 'vitest';
import { createApi } from './api.ts';

interface Call {
  method: string;
  path: string;
  body?: unknown;
}
const recorded = () => {
  const calls: Call[] = [];
  const api = createApi(async (method, path, body) => {
    calls.push({ method, path, ...(body !== undefined && { body }) });
  });
  return { calls, api };
};

test('every operation under /api/v1 in /openapi.json has a method', () => {
  const { paths = {} } = openApiDocument(allOperations, { version: '1' });
  const documented = Object.entries(paths)
    .filter(([path]) => path.startsWith('/api/v1/'))
    .flatMap(([, item]) => Object.values(item ?? {}) as { operationId: string }[])
    .map(({ operationId }) => operationId);
  expect(documented.length).toBeGreaterThan(60);
  expect(Object.keys(recorded().api).sort()).toEqual(documented.sort());
});

test.each(allOperations.filter(isCanonical).map((operation) => [operation.id, operation] as const))(
  '%s sends the method and the path of the contract',
  async (id, { method, path }) => {
    const { calls, api } = recorded();
    const names = [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => name);
    const send = api[id as keyof typeof api] as (input: object) => Promise<unknown>;
    await send(Object.fromEntries(names.map((name) => [name, `${name}/1`])));
    expect(calls).toEqual([
      {
        method: method.toUpperCase(),
        path: path.slice('/api/v1'.length).replace(/:(\w+)/g, '$1%2F1'),
      },
    ]);
  },
);

test('the fields that are not in the path become the query of a GET, and otherwise the body', async () => {
  const { calls, api } = recorded();
  await api.getHistory({ roomId: 'a', limit: 5, after_seq: 7 });
  await api.sendMessage({ roomId: 'a', content: 'Hello' });
  await api.eraseMe({ password: 'correct horse' });
  await api.listRooms();
  expect(calls).toEqual([
    { method: 'GET', path: '/rooms/a/messages?limit=5&after_seq=7' },
    { method: 'POST', path: '/rooms/a/messages', body: { content: 'Hello' } },
    { method: 'DELETE', path: '/auth/me', body: { password: 'correct horse' } },
    { method: 'GET', path: '/rooms' },
  ]);
});
