import type { StackState } from '../../stack/start-stack.ts';
import { register } from './parley-rest.ts';
import { startProgram } from './program.ts';
import type { Person } from './target.ts';

/**
 * Registers people over REST at an extra auth replica that lives only for this. A production
 * service refuses password hashing cheap enough for two thousand registrations, and everything else
 * must run as in production.
 */
export async function registerCheaply(
  state: StackState,
  env: Record<string, string>,
  count: number,
): Promise<Person[]> {
  const addresses = { DATABASE_URL: state.postgres, AMQP_URL: state.rabbitmq, HOST: '127.0.0.1', PORT: '0' };
  const auth = await startProgram('auth', {
    env: { ...env, ...addresses, NODE_ENV: 'test', BCRYPT_COST: '4' },
    ready: /"url":"([^"]+)".*"listening"/,
  });
  try {
    return await register(auth.ready[1] ?? '', count);
  } finally {
    await auth.stop();
  }
}
