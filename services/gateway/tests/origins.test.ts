import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import WebSocket from 'ws';
import { connected, type Gateway, person, World } from './gateway-harness.ts';

let world: World;
let gateway: Gateway;
beforeAll(async () => {
  world = await World.start();
  gateway = await world.gateway({ CORS_ORIGINS: 'https://chat.example' });
});
afterAll(() => world.stop());

test.each([
  ['https://chat.example', 'https://chat.example'],
  ['https://elsewhere.example', null],
])('CORS_ORIGINS=https://chat.example: a page of %s may read polls: %s', async (origin, allowed) => {
  const url = `${gateway.url}/socket.io/?EIO=4&transport=polling`;
  const { headers } = await fetch(url, { headers: { origin } });
  expect(headers.get('access-control-allow-origin')).toBe(allowed);
});

test('WebSockets are accepted from every origin, with a token only', async () => {
  const origin = 'https://elsewhere.example';
  const token = world.auth.token(person('ada'));
  const { socket } = world.client(gateway.url, {
    transports: ['websocket'],
    extraHeaders: { origin },
    auth: { token },
  });
  await connected(socket);
  const plain = `${gateway.url.replace('http', 'ws')}/ws`;
  const open = new WebSocket(plain, { origin, headers: { authorization: `Bearer ${token}` } });
  await once(open, 'open');
  open.terminate();
  const refused = new WebSocket(plain, { origin });
  const [error] = await once(refused, 'error');
  expect(String(error)).toContain('401');
});
