import type { Account } from './account-view.ts';
import type { Api } from './api.ts';
import type { Session } from './session.ts';

export type { Account, DraftOutcome } from './account-view.ts';

/**
 * Follows the account of the session's user. Resolves when it is complete, and keeps it current
 * until the session ends or it is stopped.
 * @throws ParleyError when refused, or not answered for a minute
 */
export async function followAccount(client: { api: Api }, live: Session): Promise<Account> {
  const { Account } = await import('./account.ts');
  const account = new Account(client.api, live);
  try {
    await account.load();
  } catch (error) {
    account.stop();
    throw error;
  }
  return account;
}
