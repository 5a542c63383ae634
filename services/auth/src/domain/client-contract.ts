import type { ClientContract } from '@parley/contracts';
import { type Identity, isEmail } from './identity.ts';

interface RegisterFields {
  username?: string | undefined;
  organizationName?: string | undefined;
  organizationInvite?: string | undefined;
  role?: string | undefined;
}

/** Contract of a registration at `/auth`: only clients of `conversations` send a username. */
export const contractOfRootRegistration = ({ username }: RegisterFields): ClientContract =>
  username === undefined ? 'groups' : 'conversations';

/**
 * Contract of a registration at `/api/auth`: clients of `direct` send only an e-mail address and a
 * password.
 */
export const contractOfApiRegistration = (body: RegisterFields): ClientContract =>
  [body.username, body.organizationName, body.organizationInvite, body.role].every(
    (field) => field === undefined,
  )
    ? 'direct'
    : 'organizations';

/**
 * Contract of a login at `/auth`: `groups` logs in by e-mail address, `conversations` by username.
 */
export const contractOfRootLogin = (login: string): ClientContract =>
  isEmail(login) ? 'groups' : 'conversations';

/**
 * Contract of a login at `/api/auth`, where both contracts send the same body: the one that the
 * account was registered under. An account registered elsewhere or by an earlier release has
 * neither. It counts as `organizations` if it belongs to an organization, otherwise as `direct`.
 */
export function contractOfApiLogin(
  registered: ClientContract | null,
  { organizationId }: Pick<Identity, 'organizationId'>,
): ClientContract {
  if (registered === 'organizations' || registered === 'direct') return registered;
  return organizationId === null ? 'direct' : 'organizations';
}
