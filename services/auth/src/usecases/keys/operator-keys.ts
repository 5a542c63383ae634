import { StartError } from '@parley/runtime';
import type { ApiKey } from '../../domain/api-key.ts';
import { findKey, findKeyOfPrefix, findKeys } from '../../stores/api-keys.ts';
import { findKeyActions, type KeyAction } from '../../stores/key-actions.ts';
import { findOrganization, findOrganizationByName } from '../../stores/organizations.ts';
import type { CommandContext } from '../context.ts';
import { addKey, type CreatedKey, type NewKey } from './create-key.ts';
import { revokeKey } from './revoke-key.ts';

// Operators manage keys on the command line: those of every organization, and of the installation
// itself.

const maxListed = 500;

/** @param organization an id or a name; undefined: a key of the installation */
export async function createOperatorKey(
  context: CommandContext,
  { organization, ...key }: NewKey & { organization?: string | undefined },
): Promise<CreatedKey> {
  const organizationId = await organizationIdOf(context, organization);
  return context.transact((tx) =>
    addKey(context, tx, { organizationId, botId: null }, { ...key, createdBy: null }),
  );
}

export async function listOperatorKeys(
  context: CommandContext,
  { organization, prefix }: { organization?: string | undefined; prefix?: string | undefined },
): Promise<ApiKey[]> {
  const organizationId = await organizationIdOf(context, organization);
  return findKeys(context.db, { organizationId, botId: null }, { prefix, limit: maxListed });
}

/** Returns false if the key was revoked before. @param which its id or prefix */
export async function revokeOperatorKey(
  context: CommandContext,
  { which, endSessions }: { which: string; endSessions: boolean },
): Promise<boolean> {
  const key = await requireKey(context, which);
  return context.transact((tx) => revokeKey(context, tx, key, { endSessions }));
}

/** Latest first. */
export async function listOperatorKeyActions(
  context: CommandContext,
  { which, limit }: { which: string; limit: number },
): Promise<KeyAction[]> {
  return findKeyActions(context.db, (await requireKey(context, which)).id, { limit });
}

async function requireKey({ db }: CommandContext, which: string): Promise<ApiKey> {
  const key = which.startsWith('pk_') ? await findKeyOfPrefix(db, which) : await findKey(db, which);
  if (!key) throw new StartError(`There is no key ${which.slice(0, 40)}`);
  return key;
}

async function organizationIdOf({ db }: CommandContext, which: string | undefined): Promise<string | null> {
  if (which === undefined) return null;
  const isId = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(which);
  const found = isId ? await findOrganization(db, which) : await findOrganizationByName(db, which);
  if (!found) throw new StartError(`There is no organization "${which}"`);
  return found.id;
}
