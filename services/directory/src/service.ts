import { connectDatabase, EventLog, Outbox, pingDatabase, prepareTables } from '@parley/database';
import { createLimiter } from '@parley/http';
import { maximum, nameRate, type Rate } from '@parley/runtime';
import type { Infrastructure, Service } from '@parley/service';
import { migrations } from '../migrations/index.ts';
import { directoryRoutes } from './api/index.ts';
import { answerCalls } from './calls/index.ts';
import type { DirectoryConfig } from './config.ts';
import { consumeAuth } from './consumers/consume-auth.ts';
import { fillTerms } from './stores/search-terms.ts';
import { createContext } from './usecases/context.ts';

export { type DirectoryConfig, directoryConfig } from './config.ts';

const schema = 'directory';
const perUser = (setting: string, rate: Rate | 'off') => ({ rate, ...nameRate(setting, rate, ['user']) });

/** The directory service: users, their relationships, rooms and members. */
export async function createService(
  config: DirectoryConfig,
  infrastructure: Infrastructure,
): Promise<Service> {
  const { bus, clock, logger, metrics, newId } = infrastructure;
  const db = connectDatabase({ url: config.DATABASE_URL, schema, pool: config.DATABASE_POOL });
  await prepareTables(db, schema, migrations, config.MIGRATE_ON_START);
  await fillTerms(db);
  metrics.watchPool(schema, db);

  const eventLog = new EventLog({ erasure: 'profile.erased' });
  const outbox = new Outbox({ db, bus, logger, tracing: infrastructure.tracing, log: eventLog });
  const context = createContext({
    db,
    bus,
    outbox,
    eventLog,
    newId,
    clock,
    limits: {
      roomMembers: maximum('MAX_ROOM_MEMBERS', config.MAX_ROOM_MEMBERS, 'members per room'),
      bans: maximum('MAX_ROOM_MEMBERS', config.MAX_ROOM_MEMBERS, 'bans per room'),
      roomsOwned: maximum('MAX_ROOMS_OWNED', config.MAX_ROOMS_OWNED, 'rooms per owner'),
      contacts: maximum('MAX_CONTACTS', config.MAX_CONTACTS, 'contacts per user'),
      blocks: maximum('MAX_CONTACTS', config.MAX_CONTACTS, 'blocked users per user'),
      friendRequests: maximum('MAX_CONTACTS', config.MAX_CONTACTS, 'pending friend requests per user'),
      invites: maximum('MAX_INVITES', config.MAX_INVITES, 'usable invites per room'),
      addedUsers: perUser('ADD_USERS_RATE', config.ADD_USERS_RATE),
      joins: perUser('JOIN_RATE', config.JOIN_RATE),
      requestChanges: perUser('FRIEND_REQUEST_RATE', config.FRIEND_REQUEST_RATE),
    },
  });
  const consumers = [await consumeAuth(context), ...(await answerCalls(context))];
  outbox.start();

  return {
    name: 'directory',
    routes: directoryRoutes(
      context,
      createLimiter({ setting: 'CHAT_LIST_RATE', rate: config.CHAT_LIST_RATE, per: ['user'] }),
    ),
    checks: {
      database: () => pingDatabase(db),
      bus: () => bus.ping(),
    },
    stop: async () => {
      await Promise.all(consumers.map((consumer) => consumer.close()));
      await outbox.stop();
      await db.destroy();
    },
  };
}
