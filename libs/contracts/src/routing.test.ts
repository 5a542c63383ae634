import { describe, expect, it } from 'vitest';
import { allOperations } from './rest/index.ts';
import { serviceFor } from './routing.ts';

const id = '01997b2e-7c1a-7cc3-9d5e-0b1f6a2f3c4d';

describe('serviceFor', () => {
  it.each(
    allOperations.map((operation) => [operation.method.toUpperCase(), operation.path, operation.service]),
  )('sends %s %s to %s', (method, path, service) => {
    expect(serviceFor(method, path.replace(/:\w+/g, id))).toBe(service);
  });

  it('routes sockets and documents to a gateway', () => {
    for (const path of [
      '/',
      '/?token=x',
      '/socket.io/?EIO=4',
      '/ws',
      '/ws/',
      '/docs',
      '/docs/swagger-ui.css',
      '/openapi.json',
      '/healthz',
    ])
      expect(serviceFor('GET', path)).toBe('gateway');
  });

  it('routes the pages and files of the web client, and the SDK, to their service', () => {
    for (const path of [
      '/rooms',
      '/rooms/01997b2e-7c1a-7cc3-9d5e-0b1f6a2f3c4d',
      '/invite/token',
      '/settings/profile',
      '/inbox',
      '/assets/index.js',
      '/sdk/parley-client.js',
    ])
      expect(serviceFor('GET', path)).toBe('web');
  });

  it('matches paths as Express does: ignores case, a trailing slash and the query, and accepts HEAD', () => {
    expect(serviceFor('GET', `/API/v1/rooms/${id}/messages/?limit=5`)).toBe('messages');
    expect(serviceFor('HEAD', `/api/v1/rooms/${id}/messages`)).toBe('messages');
  });

  it('routes other methods of a known path to its service, which refuses them or answers OPTIONS', () => {
    for (const method of ['PATCH', 'OPTIONS'])
      expect(serviceFor(method, `/api/v1/rooms/${id}/messages`)).toBe('messages');
  });

  it('returns undefined for a path that no service has', () => {
    for (const path of [
      '/api/v1',
      '/socket.iox',
      '/api/v1/rooms//messages',
      '/metrics',
      '',
      'nonsense',
      '/%00',
      '//docs',
    ])
      expect(serviceFor('GET', path)).toBeUndefined();
  });
});
