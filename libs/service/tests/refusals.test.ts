import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type HostHarness, type Problem, startHostHarness, thing } from './host-harness.ts';

let harness: HostHarness;
beforeAll(async () => {
  harness = await startHostHarness();
});
afterAll(() => harness?.stop());

describe('a bad request is refused with Problem Details that state the problem', () => {
  test.each([
    ['no token', thing, '{"name":"xy"}', { authorization: '' }, 401, 'unauthenticated'],
    [
      'an authorization of another scheme',
      thing,
      '{"name":"xy"}',
      { authorization: 'Basic abc' },
      401,
      'unauthenticated',
    ],
    [
      'a meaningless token',
      thing,
      '{"name":"xy"}',
      { authorization: 'Bearer a.b.c' },
      401,
      'unauthenticated',
    ],
    [
      'an unsigned token',
      thing,
      '{"name":"xy"}',
      { authorization: 'Bearer eyJhbGciOiJub25lIiwia2lkIjoieCJ9.eyJzdWIiOiJ4In0.' },
      401,
      'unauthenticated',
    ],
    ['broken JSON', thing, '{"name":', {}, 400, 'malformed_request'],
    [
      'another content type',
      thing,
      'name=xy',
      { 'content-type': 'application/x-www-form-urlencoded' },
      415,
      'unsupported_media_type',
    ],
    [
      'an unknown compression',
      thing,
      '{"name":"xy"}',
      { 'content-encoding': 'brainwave' },
      415,
      'unsupported_media_type',
    ],
    [
      'an unknown charset',
      thing,
      '{"name":"xy"}',
      { 'content-type': 'application/json; charset=klingon' },
      415,
      'unsupported_media_type',
    ],
    [
      'a body that is too large',
      thing,
      JSON.stringify({ name: 'x'.repeat(300_000) }),
      {},
      413,
      'payload_too_large',
    ],
    ['a path that cannot be decoded', '/things/%E0%A4%A', '{"name":"xy"}', {}, 400, 'malformed_request'],
    ['an unknown route', '/nowhere', '{}', {}, 404, 'not_found'],
    ['a method that the path does not have', '/open', '{}', {}, 405, 'method_not_allowed'],
  ])('%s', async (_case, path, body, headers, status, code) => {
    const response = await harness.post(path, body, headers);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    const problem = (await response.json()) as Problem;
    expect(problem).toMatchObject({ status, code, type: `urn:parley:error:${code}` });
    expect(response.status).toBe(status);
    expect(problem.requestId).toBe(response.headers.get('x-request-id'));
    if (status === 401) expect(response.headers.get('www-authenticate')).toBe('Bearer');
    if (status === 405) expect(response.headers.get('allow')).toBe('GET');
  });

  test.each([
    ['a missing field', thing, '{}', 'name'],
    ['no body at all', thing, undefined, 'name'],
    ['a list instead of an object', thing, '[]', 'body'],
    ['a string instead of an object', thing, '"name"', 'body'],
    ['null instead of an object', thing, 'null', 'body'],
    ['a nested field', thing, '{"name":"xy","inner":{"list":[1,"two"]}}', 'inner.list.1'],
    ['an invalid id', '/things/7', '{"name":"xy"}', 'thingId'],
    ['an invalid query parameter', `${thing}?size=4`, '{"name":"xy"}', 'size'],
    ['a repeated query parameter', `${thing}?size=1&size=2`, '{"name":"xy"}', 'size'],
  ])('the error for %s names the field', async (_case, path, body, field) => {
    const response = await harness.post(path, body);
    const problem = (await response.json()) as Problem;
    expect([response.status, problem.code, problem.errors[0]?.field]).toEqual([
      400,
      'validation_failed',
      field,
    ]);
    expect(problem.status).toBe(400);
  });
});
