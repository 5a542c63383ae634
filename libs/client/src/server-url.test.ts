import { expect, test } from 'vitest';
import { ParleyError } from './parley-error.ts';
import { parseServerUrl } from './server-url.ts';

test.each([
  ['http://127.0.0.1:3000', 'http://127.0.0.1:3000'],
  ['HTTPS://Chat.Example/', 'https://chat.example'],
  ['ws://chat.example:8080', 'http://chat.example:8080'],
  ['wss://chat.example', 'https://chat.example'],
  ['wss://chat.example:443/chat/', 'https://chat.example/chat'],
  [' https://host/a/b// ', 'https://host/a/b'],
])('%s is the server at %s', (text, href) => {
  expect(parseServerUrl(text).href).toBe(href);
});

test.each([
  ['localhost:3000', 'http://localhost:3000'],
  ['127.0.0.1:3000/chat/', 'http://127.0.0.1:3000/chat'],
  ['[::1]:3000', 'http://[::1]:3000'],
  ['0.0.0.0:3000', 'http://0.0.0.0:3000'],
  ['192.168.1.20', 'http://192.168.1.20'],
  ['172.31.0.1:80', 'http://172.31.0.1'],
  ['parley:3000', 'http://parley:3000'],
  ['chat.local', 'http://chat.local'],
  ['172.32.0.1', 'https://172.32.0.1'],
  ['10.example', 'https://10.example'],
  ['[2001:db8::1]', 'https://[2001:db8::1]'],
  ['chat.example', 'https://chat.example'],
  ['chat.example:8443/chat', 'https://chat.example:8443/chat'],
])('without a scheme %s is %s: http for this machine and private networks only', (text, href) => {
  expect(parseServerUrl(text).href).toBe(href);
});

test('the prefix is separate, for the path of Socket.IO', () => {
  expect(parseServerUrl('wss://host/chat/')).toEqual({
    origin: 'https://host',
    prefix: '/chat',
    href: 'https://host/chat',
  });
  expect(parseServerUrl('host.example').prefix).toBe('');
});

test.each([
  '',
  ' ',
  '/chat',
  'http://',
  'https:///chat',
  'http:/host',
  String.raw`http:\\host`,
  'localhost:',
  ':3000',
  'host:port',
  'a b',
  'ftp://host',
])('"%s" is refused, with an example of a valid address', (text) => {
  expect(() => parseServerUrl(text)).toThrow(ParleyError);
  expect(() => parseServerUrl(text)).toThrow(
    /cannot be used .* Give an address such as https:\/\/chat\.example/,
  );
});

test.each([
  ['https://ada:secret@host', /login\(\)/],
  ['https://host/chat?room=1', /query/],
  ['https://host/#chat', /fragment/],
])('%s is refused, with the reason', (text, reason) => {
  expect(() => parseServerUrl(text)).toThrow(reason);
});
