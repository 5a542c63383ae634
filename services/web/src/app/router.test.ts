import { expect, test } from 'vitest';
import { parseRoute } from './router.tsx';

const roomId = '01997b2e-7c1a-7cc3-9d5e-0b1f6a2f3c4d';

test.each([
  ['/', '', { page: 'home' }],
  ['/rooms', '', { page: 'home' }],
  [`/rooms/${roomId}`, '', { page: 'room', roomId, at: null }],
  [`/rooms/${roomId.toUpperCase()}/`, '?at=17', { page: 'room', roomId, at: 17 }],
  [`/rooms/${roomId}`, '?at=x', { page: 'room', roomId, at: null }],
  [`/rooms/${roomId}`, `?thread=${roomId}`, { page: 'room', roomId, at: null, thread: roomId }],
  [`/rooms/${roomId}`, '?at=5&thread=x', { page: 'room', roomId, at: 5 }],
  [`/rooms/${roomId}/threads`, '', { page: 'threads', roomId }],
  ['/invite/a%2Fb', '', { page: 'invite', token: 'a/b' }],
  ['/invite/%', '', { page: 'invite', token: '%' }],
  ['/settings', '', { page: 'settings', section: 'profile' }],
  ['/settings/sessions', '', { page: 'settings', section: 'sessions' }],
  ['/inbox', '', { page: 'inbox' }],
  ['/search', '', { page: 'search', q: '', roomId: null }],
  ['/search', `?q=a+b&room=${roomId}`, { page: 'search', q: 'a b', roomId }],
  ['/search', '?room=x', { page: 'search', q: '', roomId: null }],
])('%s%s is a page', (path, search, route) => expect(parseRoute(path, search)).toEqual(route));

test.each(['/nowhere', '/rooms/1', '/settings/nowhere', '/invite', '/rooms/a/b', '/users'])(
  '%s is not a page',
  (path) => expect(parseRoute(path)).toEqual({ page: 'notFound' }),
);
