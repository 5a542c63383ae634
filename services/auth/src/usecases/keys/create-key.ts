import type { Scope } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { newApiKey } from '../../crypto/api-key.ts';
import { type ApiKey, maxValidPerName, maxValidPerOwner, sessionEndOf } from '../../domain/api-key.ts';
import { countValidKeys, insertKey, type KeyOwner, lockNewKeys } from '../../stores/api-keys.ts';
import { insertSession } from '../../stores/sessions.ts';
import type { CommandContext, Context, Transaction } from '../context.ts';
import { lockAsAdmin } from '../organizations/own-organization.ts';

export interface NewKey {
  name: string;
  scopes: readonly Scope[];
  roomIds?: readonly string[] | undefined;
  /** @default does not expire */
  expiresInMs?: number | undefined;
}

/** The key itself is shown this one time; only its hash is stored. */
export interface CreatedKey {
  apiKey: ApiKey;
  key: string;
}

/**
 * Creates a key of an organization.
 * @throws AppError `organization_not_found`, `not_authorized`, `limit_reached`
 */
export const createOrganizationKey = (
  context: Context,
  { by, ...key }: NewKey & { by: string },
): Promise<CreatedKey> =>
  context.transact(async (tx) => {
    const { id: organizationId } = await lockAsAdmin(tx, by);
    return addKey(context, tx, { organizationId, botId: null }, { ...key, createdBy: by });
  });

/** @throws AppError `limit_reached` */
export async function addKey(
  { clock, newId }: CommandContext,
  { trx }: Transaction,
  owner: KeyOwner,
  { name, scopes, roomIds, expiresInMs, createdBy }: NewKey & { createdBy: string | null },
): Promise<CreatedKey> {
  await lockNewKeys(trx);
  const now = new Date(clock());
  const { all, named } = await countValidKeys(trx, owner, name, now);
  if (named >= maxValidPerName) throw limitReached(maxValidPerName, `valid keys of the name "${name}"`);
  if (all >= maxValidPerOwner) throw limitReached(maxValidPerOwner, 'valid keys');
  const { key, prefix, hash } = newApiKey();
  const apiKey: ApiKey = {
    id: newId(),
    name,
    prefix,
    ...owner,
    scopes: [...new Set(scopes)],
    roomIds: roomIds ? [...new Set(roomIds)] : null,
    createdAt: now,
    expiresAt: expiresInMs === undefined ? null : new Date(now.getTime() + expiresInMs),
    lastUsedAt: null,
    revokedAt: null,
  };
  await insertKey(trx, apiKey, { hash, createdBy });
  // The end of this session revokes the key for every verifier. See the migration.
  await insertSession(trx, {
    id: apiKey.id,
    userId: owner.botId ?? apiKey.id,
    contract: 'rooms',
    device: { userAgent: '', address: '' },
    now,
    expiresAt: sessionEndOf(apiKey),
    accessExpiresAt: now,
    keyId: apiKey.id,
  });
  return { apiKey, key };
}

const limitReached = (max: number, what: string) =>
  new AppError('limit_reached', { detail: `At most ${max} ${what}. Revoke one first.` });
