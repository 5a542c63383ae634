import { id, type Person, type Section, token } from './walkthrough-people.ts';

const website: Person = { name: 'the key', tokensFrom: ['exchangeKey'] };

/** The sections about programs, which follow that about organizations. */
export const programs: Record<string, Section> = {
  'api keys': {
    description: "Keys, with which programs act in Grace's organization.",
    // An integrator's own system has ids of its own; here, Alan's stands for one.
    params: { keyId: id('createApiKey.apiKey.id'), externalId: id('sharedRegister.user.id') },
    steps: {
      createApiKey: { body: { name: 'Website', scopes: ['users:write', 'users:act', 'tokens:mint'] } },
      listApiKeys: {},
      exchangeKey: { body: { key: token('createApiKey.key') } },
      putExternalUser: { by: website, body: { username: 'mary', name: 'Mary Jackson' } },
      createUserSession: { by: website, body: { userId: id('putExternalUser.user.id') } },
      listKeyActions: {},
      revokeApiKey: {},
    },
  },
  bots: {
    description: "A bot of Grace's.",
    params: { botId: id('createBot.bot.id'), keyId: id('createBotKey.apiKey.id') },
    steps: {
      createBot: { body: { username: 'echo', name: 'Echo', owner: 'organization' } },
      listBots: {},
      createBotKey: { body: {} },
      listBotKeys: {},
      revokeBotKey: {},
      transferBot: { body: {} },
      deleteBot: {},
    },
  },
};
