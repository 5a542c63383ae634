import { parseArgs } from 'node:util';
import { roomShares } from '@parley/contracts';
import { connectDatabase } from '@parley/database';
import { type Environment, loadConfig, newId, type Running, StartError } from '@parley/runtime';
import { messagesConfig } from './config.ts';
import { databaseUrls } from './database-urls.ts';
import { databaseId } from './stores/shares.ts';
import { moveShare } from './usecases/move-share.ts';

const usage = 'usage: move-share --share 0..63 [--share …] --to <place in MESSAGES_DATABASE_URLS, from 1>';

const urlSettings = messagesConfig.pick({ DATABASE_URL: true, MESSAGES_DATABASE_URLS: true });
const schema = 'messages';

/** Whether the command line asks to move shares instead of serving. */
export const asksToMove = (argv: readonly string[]): boolean => argv[2] === 'move-share';

/**
 * The command `move-share`, for `runMain`: moves shares of the rooms to another database, one after
 * the other, and ends. Its role must own the tables.
 */
export async function moveAlone(argv: readonly string[], env: Environment): Promise<Running> {
  const { shares, to } = parse(argv);
  const urls = databaseUrls(loadConfig(urlSettings, env));
  if (to >= urls.length) throw new StartError(usage);
  const dbs = urls.map((url) => connectDatabase({ url, schema, pool: 3, statementTimeoutMs: 0 }));
  try {
    const places = await Promise.all(dbs.map(async (db) => ({ id: await databaseId(db), db })));
    const [home, ...others] = places;
    if (!home) throw new StartError(usage);
    for (const share of shares)
      await moveShare({ places: [home, ...others], to, move: { id: newId(), share }, log: console.log });
  } finally {
    await Promise.all(dbs.map((db) => db.destroy()));
  }
  return { stop: async () => undefined };
}

function parse(argv: readonly string[]): { shares: number[]; to: number } {
  const { values } = parseArgs({
    args: argv.slice(3),
    options: { share: { type: 'string', multiple: true }, to: { type: 'string' } },
  });
  const shares = (values.share ?? []).map(Number);
  const to = Number(values.to) - 1;
  const isShare = (share: number) => Number.isInteger(share) && share >= 0 && share < roomShares;
  if (shares.length === 0 || !shares.every(isShare) || !Number.isInteger(to) || to < 0)
    throw new StartError(usage);
  return { shares, to };
}
