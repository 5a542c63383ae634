import type { ClientContract } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { hashToken, networkOf } from '@parley/runtime';
import type { HashOrigin } from '../crypto/password-hasher.ts';
import { loginKey } from '../domain/identity.ts';
import type { Device } from '../domain/session.ts';
import { type Credentials, findCredentialsByLogin, lockUser, updatePasswordHash } from '../stores/users.ts';
import type { Context } from './context.ts';
import { issueTokens, openSession, type Tokens } from './open-session.ts';

interface LogIn {
  /** An e-mail address or a username. */
  login: string;
  password: string;
  /** At `/api/auth` the account's registration decides; elsewhere the route and the body do. */
  contract: ClientContract | ((account: Credentials) => ClientContract);
  device: Device;
}

/**
 * Opens a session for a user with the right password. Failures count against the account (known or
 * not) and the client's network together, so they lock out neither the owner elsewhere nor other
 * users of that network. Wider limits on each alone stop distributed guessing.
 * @throws AppError `invalid_credentials`, identical and equally slow for an unknown user and a
 * wrong password; `rate_limit`
 */
export async function logIn(context: Context, { login, password, contract, device }: LogIn): Promise<Tokens> {
  const { passwordLimits, hasher } = context;
  const network = networkOf(device.address);
  const known = await findCredentialsByLogin(context.db, login);
  const account = accountKey(known, login);
  const origin: HashOrigin = { lane: 'login', client: network, user: account };
  const attempt = passwordLimits.login(account, network);
  const { matches, outdated } = await hasher.check(
    password,
    known?.passwordHash ?? undefined,
    origin,
    attempt,
  );
  if (!known || !matches) throw new AppError('invalid_credentials');
  if (outdated) await rehash(context, known, password, origin);

  const { identity, session } = await context.transact(async (tx) => {
    // Reads the user again: the password or the organization may have changed during the
    // comparison.
    const present = await lockUser(tx.trx, known.identity.id);
    if (present?.passwordVersion !== known.passwordVersion) throw new AppError('invalid_credentials');
    const { identity } = present;
    const session = {
      userId: identity.id,
      contract: typeof contract === 'function' ? contract(present) : contract,
      device,
    };
    return { identity, session: await openSession(context, tx, session) };
  });
  return issueTokens(context, identity, session);
}

/**
 * Counts by account rather than by the given login: username and e-mail address share one budget.
 */
const accountKey = (known: Credentials | undefined, login: string): string =>
  known ? known.identity.id : `unknown:${hashToken(loginKey(login)).toString('base64url')}`;

async function rehash(
  { db, hasher }: Context,
  { identity, passwordVersion }: Credentials,
  password: string,
  origin: HashOrigin,
): Promise<void> {
  const passwordHash = await hasher.hash(password, origin);
  await updatePasswordHash(db, identity.id, { version: passwordVersion, passwordHash });
}
