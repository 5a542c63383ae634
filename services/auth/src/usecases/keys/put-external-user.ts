import type { Caller } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { type ApiKey, externalProvider } from '../../domain/api-key.ts';
import type { Identity } from '../../domain/identity.ts';
import {
  type ExternalIdentity,
  findExternalUser,
  insertExternalIdentity,
  lockExternalIdentity,
} from '../../stores/external-identities.ts';
import { lockOrganizationToJoin } from '../../stores/organizations.ts';
import { findUser, updateName } from '../../stores/users.ts';
import { addUser } from '../add-user.ts';
import type { Context, Transaction } from '../context.ts';
import { keyOfCaller } from './key-of-caller.ts';
import { recordKeyAction } from './record-key-action.ts';

interface PutExternalUser {
  caller: Caller;
  externalId: string;
  /** Only for a new user. */
  username?: string | undefined;
  name?: string | undefined;
  requestId: string;
}

/**
 * Creates the user of an external id, or updates its name. Of concurrent requests, one creates it.
 * @throws AppError `not_authorized`, `organization_not_found`
 */
export async function putExternalUser(
  context: Context,
  { caller, externalId, requestId, ...profile }: PutExternalUser,
): Promise<{ identity: Identity; created: boolean }> {
  const key = await keyOfCaller(context, caller);
  return context.transact(async (tx) => {
    const external = { provider: externalProvider(key.organizationId), subject: externalId };
    const result = await findOrAdd(context, tx, { external, key, profile });
    const action = { keyId: key.id, userId: result.identity.id, action: 'putExternalUser', requestId };
    await recordKeyAction(context, tx, action);
    return result;
  });
}

async function findOrAdd(
  context: Context,
  tx: Transaction,
  user: {
    external: ExternalIdentity;
    key: ApiKey;
    profile: { username?: string | undefined; name?: string | undefined };
  },
): Promise<{ identity: Identity; created: boolean }> {
  const { external, key, profile } = user;
  const membership = await membershipOf(tx, key);
  await lockExternalIdentity(tx.trx, external);
  const knownId = await findExternalUser(tx.trx, external);
  const known = knownId === undefined ? undefined : await findUser(tx.trx, knownId);
  if (known) return { identity: await rename(tx, known, profile.name), created: false };
  const identity = await addUser(context, tx, {
    ...profile,
    usernameIsHint: true,
    email: '',
    passwordHash: null,
    contract: 'rooms',
    membership,
  });
  await insertExternalIdentity(tx.trx, external, identity.id, identity.createdAt);
  return { identity, created: true };
}

/** Holds the organization, so that it is not dissolved before the user has joined. */
async function membershipOf({ trx }: Transaction, { organizationId }: ApiKey) {
  if (organizationId === null) return { organizationId: null, organizationRole: null };
  if (!(await lockOrganizationToJoin(trx, { id: organizationId })))
    throw new AppError('organization_not_found');
  return { organizationId, organizationRole: 'user' as const };
}

/** A new name replaces that of the profile, too; repeating a name leaves the user's own changes. */
export async function rename(
  { trx, emit }: Transaction,
  identity: Identity,
  name: string | undefined,
): Promise<Identity> {
  if (name === undefined || name === identity.name) return identity;
  await updateName(trx, identity.id, name);
  emit('user.renamed', { userId: identity.id, name });
  return { ...identity, name };
}
