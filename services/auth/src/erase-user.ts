import { id, makeEvent } from '@parley/contracts';
import { loadConfig, newId, runMain, StartError, systemClock } from '@parley/runtime';
import { z } from 'zod';
import { authConfig } from './config.ts';
import { runCommand } from './run-command.ts';
import { OrganizationStore } from './stores/organizations.ts';
import { SessionStore } from './stores/sessions.ts';
import { UserStore } from './stores/users.ts';
import { eraseUser } from './usecases/erase-user.ts';

/** The service's settings without the secret: nothing is signed here. */
const settings = z.object(authConfig.shape).omit({ SIGNING_SECRET: true });

/**
 * Erases users by id: `node erase-user.js <userId>…`, with the settings of auth. Safe to repeat.
 * See deploy/operations.md.
 */
await runMain(async () => {
  const userIds = z.array(id).min(1).safeParse(process.argv.slice(2));
  if (!userIds.success) throw new StartError('Usage: npm run erase-user -- <userId>...');
  const config = loadConfig(settings, process.env);
  await runCommand(config, async (db, outbox) => {
    const erase = eraseUser({
      outbox,
      users: new UserStore(db),
      organizations: new OrganizationStore(db),
      sessions: new SessionStore(db),
      clock: systemClock,
      settings: { accessTtlMs: config.ACCESS_TTL },
      event: (type, data) => makeEvent(type, data, { id: newId(), now: systemClock() }),
    });
    for (const userId of userIds.data) {
      const erased = await erase(userId);
      console.log(`${userId}: ${erased ? 'erased' : 'not found; the other services were notified again'}`);
    }
  });
  return { stop: async () => undefined };
});
