import { botsApi } from '@parley/contracts';
import { type Route, route } from '@parley/http';
import { createBot, createBotKey } from '../usecases/bots/create-bot.ts';
import { deleteBot, listBotKeys, revokeBotKey, transferBot } from '../usecases/bots/manage-bots.ts';
import { listBots } from '../usecases/bots/own-bots.ts';
import type { Context } from '../usecases/context.ts';
import { apiKeyView, botView, createdKeyView } from './views.ts';

export const botRoutes = (context: Context): Route[] => [
  route(botsApi.createBot, async ({ caller, body }) => {
    const { bot, ...created } = await createBot(context, { by: caller.userId, ...body });
    return { bot: botView(bot), ...createdKeyView(created) };
  }),
  route(botsApi.listBots, async ({ caller }) => ({
    bots: (await listBots(context, { by: caller.userId })).map(botView),
  })),
  route(botsApi.deleteBot, ({ caller, params }) => deleteBot(context, { by: caller.userId, ...params })),
  route(botsApi.transferBot, async ({ caller, params, body: { userId } }) =>
    botView(
      await transferBot(context, {
        ...{ by: caller.userId, ...params },
        to: userId === undefined ? 'organization' : { userId },
      }),
    ),
  ),
  route(botsApi.createBotKey, async ({ caller, params, body: { expiresInSeconds, ...body } }) =>
    createdKeyView(
      await createBotKey(context, {
        ...{ by: caller.userId, ...params, ...body },
        expiresInMs: expiresInSeconds === undefined ? undefined : expiresInSeconds * 1_000,
      }),
    ),
  ),
  route(botsApi.listBotKeys, async ({ caller, params }) => ({
    apiKeys: (await listBotKeys(context, { by: caller.userId, ...params })).map(apiKeyView),
  })),
  route(botsApi.revokeBotKey, ({ caller, params }) =>
    revokeBotKey(context, { by: caller.userId, ...params }),
  ),
];
