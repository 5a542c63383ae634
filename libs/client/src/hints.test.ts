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

test('an unknown transport means that the server is another one', () => {
  expect(hintFor('http://chat.example', 'HTTP 400: Transport unknown')).toContain('Another Socket.IO server');
});
