import { describe, expect, it } from 'vitest';
import { allOperations } from './rest/index.ts';
import { routedRequests } from './routed-requests.ts';
import { serviceFor, webClientPaths } from './routing.ts';

const id = '01997b2e-7c1a-7cc3-9d5e-0b1f6a2f3c4d';

describe('serviceFor', () => {
  it('sends every operation, page and file to its service, and what does not exist to web', () => {
    expect(routedRequests.length).toBeGreaterThan(2 * allOperations.length);
    const chosen = routedRequests.map(({ method, path }) => [
      method,
      path,
      serviceFor(method.toUpperCase(), path),
    ]);
    expect(chosen).toEqual(routedRequests.map(({ method, path, service }) => [method, path, service]));
    expect(serviceFor('GET', 'nonsense')).toBe('web');
  });

  it('no operation has the address of a page of the web client', () => {
    expect(allOperations.filter(({ path }) => webClientPaths.test(path))).toEqual([]);
  });

  it('accepts HEAD, and ignores the query', () => {
    expect(serviceFor('HEAD', `/api/v1/rooms/${id}/messages`)).toBe('messages');
    expect(serviceFor('GET', `/API/v1/rooms/${id}/messages/?limit=5`)).toBe('messages');
  });

  it('routes other methods of a known path to its service, which refuses them or answers OPTIONS', () => {
    for (const method of ['PATCH', 'OPTIONS'])
      expect(serviceFor(method, `/api/v1/rooms/${id}/messages`)).toBe('messages');
  });
});
