import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { createClient } from './client.ts';
import { hintFor } from './hints.ts';

const page = (origin: string) => ({ origin, protocol: new URL(origin).protocol });

test('an address of https whose server speaks http is named with the right one', async () => {
  const server = createServer((_request, response) => response.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await expect(createClient({ url: `https://127.0.0.1:${port}` }).ping()).rejects.toMatchObject({
    code: 'network',
    message: expect.stringContaining(`use http://127.0.0.1:${port}.`),
  });
  server.close();
});

test('a page learns that its browser blocks http, or which origin the server must allow', () => {
  const url = 'http://chat.example';
  expect(hintFor(url, '', page('https://page.example'))).toContain('use https://chat.example.');
  expect(hintFor(url, '', page('http://page.example'))).toContain('must contain http://page.example.');
  for (const same of [page(url), undefined])
    expect(hintFor(url, '', same)).toBe('Check the address, and that Parley is running there.');
});

test('an invalid certificate and a new token that has expired point to the clocks', async () => {
  for (const code of ['CERT_NOT_YET_VALID', 'CERT_HAS_EXPIRED'])
    expect(hintFor('https://chat.example', code)).toContain('the clock of this machine is wrong');
  const session = {
    user: { id: 'ada', username: 'ada' },
    accessToken: 'a',
    refreshToken: 'r',
    expiresIn: 900,
  };
  const server = createServer(({ url }, response) => {
    const isAuth = /auth\/(login|refresh)$/.test(url ?? '');
    response.writeHead(isAuth ? 200 : 401, { 'content-type': 'application/json' });
    response.end(JSON.stringify(isAuth ? session : { code: 'token_expired', detail: 'expired' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = createClient({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  await client.login({ username: 'ada', password: 'correct horse' });
  const refused = expect(client.rooms()).rejects;
  await refused.toMatchObject({ code: 'token_expired', message: expect.stringContaining('clocks differ') });
  server.close();
});

test('an unknown transport means that the server is another one', () => {
  expect(hintFor('http://chat.example', 'HTTP 400: Transport unknown')).toContain('Another Socket.IO server');
});
