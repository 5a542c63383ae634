import { expect, test } from 'vitest';
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
