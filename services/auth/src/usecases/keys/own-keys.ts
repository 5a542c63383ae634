import { AppError } from '@parley/errors';
import type { ApiKey } from '../../domain/api-key.ts';
import { findKey } from '../../stores/api-keys.ts';
import type { Context } from '../context.ts';
import { ownOrganization, requireAdmin } from '../organizations/own-organization.ts';

/** The organization of an admin. @throws AppError `organization_not_found`, `not_authorized` */
export async function organizationOfAdmin(context: Context, userId: string): Promise<string> {
  const { organization, actor } = await ownOrganization(context, userId);
  requireAdmin(actor);
  return organization.id;
}

/**
 * A key of the admin's organization, or of one of its bots.
 * @throws AppError `organization_not_found`, `not_authorized`, `api_key_not_found`
 */
export async function keyOfAdmin(
  context: Context,
  { by, keyId }: { by: string; keyId: string },
): Promise<ApiKey> {
  const organizationId = await organizationOfAdmin(context, by);
  const key = await findKey(context.db, keyId);
  if (key?.organizationId !== organizationId) throw new AppError('api_key_not_found');
  return key;
}
