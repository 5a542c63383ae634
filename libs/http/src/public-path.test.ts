import { allOperations } from '@parley/contracts';
import { commonSettings, loadConfig } from '@parley/runtime';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { withoutPrefix } from './public-path.ts';

test.each([
  ['/chat', '/'],
  ['/chat/', '/'],
  ['/chat?x=1', '/?x=1'],
  ['/chat/api/v1/rooms?x=/chat', '/api/v1/rooms?x=/chat'],
  ['/chat/chat', '/chat'],
  ['/chatty/x', '/chatty/x'],
  ['/healthz', '/healthz'],
])('under the public path /chat, %s becomes %s', (url, stripped) => {
  expect(withoutPrefix(url, '/chat')).toBe(stripped);
});

const publicPath = z.object({ PUBLIC_PATH: commonSettings.PUBLIC_PATH });
const ownPaths = [
  ...allOperations.map(({ path }) => `/${path.split('/')[1]}`),
  ...['/socket.io', '/Socket.IO/', '/socket.io/x', '/ws', '/docs', '/sdk', '/healthz', '/readyz', '/metrics'],
  ...['/openapi.json', '/asyncapi.json', '/api/v1'],
  ...['/assets', '/rooms', '/invite', '/settings', '/browse', '/people', '/inbox'],
];

test.each([...new Set(ownPaths)])('the public path %s is refused, because Parley has paths there', (path) => {
  expect(() => loadConfig(publicPath, { PUBLIC_PATH: path })).toThrow(
    'PUBLIC_PATH: begins like a path of Parley itself; choose another',
  );
});

test.each(['/chat', '/team/api', '/apis', '/socket.io2'])('the public path %s is accepted', (path) => {
  expect(loadConfig(publicPath, { PUBLIC_PATH: path })).toEqual({ PUBLIC_PATH: path });
});
