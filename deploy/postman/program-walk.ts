import type { Walk } from './walk.ts';

const password = 'correct horse';
const ada = 'ada-{{run}}@example.org';

/** Keys of programs: an admin creates one, and it acts. */
export const programWalk: Walk = {
  description: 'Programs: keys, users of another system, and what keys did.',
  steps: [
    {
      call: 'register',
      body: { email: ada, password, organizationName: 'Works {{run}}' },
      keep: { adaToken: 'accessToken' },
    },
    {
      call: 'createApiKey',
      as: 'ada',
      body: {
        name: 'website',
        scopes: ['users:write', 'users:act', 'tokens:mint', 'rooms:write', 'messages:send'],
      },
      keep: { apiKey: 'key', keyId: 'apiKey.id' },
    },
    { call: 'listApiKeys', as: 'ada' },
    { call: 'exchangeKey', body: { key: '{{apiKey}}' }, keep: { keyToken: 'accessToken' } },
    {
      call: 'putExternalUser',
      as: 'key',
      path: { externalId: '42' },
      body: { username: 'mary {{run}}', name: 'Mary Jackson' },
      keep: { mary: 'user.id' },
    },
    {
      call: 'createUserSession',
      as: 'key',
      body: { userId: '{{mary}}' },
      keep: { maryToken: 'accessToken' },
    },
    { call: 'getMe', as: 'mary' },
    {
      call: 'exchangeKey',
      body: { key: '{{apiKey}}', externalId: '42' },
      keep: { keyToken: 'accessToken' },
    },
    { call: 'createRoom', as: 'key', body: { name: 'Orders' }, keep: { orders: 'id' } },
    { call: 'sendMessage', as: 'key', path: { roomId: '{{orders}}' }, body: { content: 'Order shipped' } },
    { call: 'listKeyActions', as: 'ada', path: { keyId: '{{keyId}}' } },
    { call: 'revokeApiKey', as: 'ada', path: { keyId: '{{keyId}}' } },
  ],
};
