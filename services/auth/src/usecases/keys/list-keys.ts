import type { ApiKey } from '../../domain/api-key.ts';
import { findKeys } from '../../stores/api-keys.ts';
import { findKeyActions, type KeyAction } from '../../stores/key-actions.ts';
import type { Context } from '../context.ts';
import { keyOfAdmin, organizationOfAdmin } from './own-keys.ts';

const maxListed = 500;

/** @throws AppError `organization_not_found`, `not_authorized` */
export async function listOrganizationKeys(
  context: Context,
  { by, prefix }: { by: string; prefix?: string | undefined },
): Promise<ApiKey[]> {
  const organizationId = await organizationOfAdmin(context, by);
  return findKeys(context.db, { organizationId, botId: null }, { prefix, limit: maxListed });
}

/** @throws AppError `organization_not_found`, `not_authorized`, `api_key_not_found` */
export async function listKeyActions(
  context: Context,
  { by, keyId, limit, cursor }: { by: string; keyId: string; limit: number; cursor?: string | undefined },
): Promise<{ actions: KeyAction[]; nextCursor: string | null }> {
  await keyOfAdmin(context, { by, keyId });
  const actions = await findKeyActions(context.db, keyId, { limit: limit + 1, before: cursor });
  const page = actions.slice(0, limit);
  return { actions: page, nextCursor: actions.length > limit ? (page.at(-1)?.id ?? null) : null };
}
