import type { OrganizationRole } from '@parley/contracts';
import { externalProvider } from '../../domain/api-key.ts';
import type { Membership } from '../../domain/identity.ts';
import { deleteExternalIdentities } from '../../stores/external-identities.ts';
import { deleteInvitesOf } from '../../stores/invites.ts';
import { clearMembership, setMemberRole, setMembership } from '../../stores/users.ts';
import type { Transaction } from '../context.ts';

// The only place that changes the organization or role of an existing user. Every change ends the
// user's invites, because it may end the right to create them. The organization must be locked.

/** Returns false if the user already belongs to an organization. */
export async function enter(tx: Transaction, userId: string, membership: Membership): Promise<boolean> {
  if (!(await setMembership(tx.trx, userId, membership))) return false;
  await follow(tx, userId, membership);
  return true;
}

export async function changeRole(
  tx: Transaction,
  userId: string,
  { organizationId, role }: { organizationId: string; role: OrganizationRole },
): Promise<void> {
  await setMemberRole(tx.trx, userId, role);
  await follow(tx, userId, { organizationId, organizationRole: role });
}

/** The organization's own id of the user may then name another one. */
export async function leave(tx: Transaction, userId: string, organizationId: string): Promise<void> {
  await clearMembership(tx.trx, userId);
  await deleteExternalIdentities(tx.trx, externalProvider(organizationId), userId);
  await follow(tx, userId, { organizationId: null, organizationRole: null });
}

async function follow(
  { trx, emit }: Transaction,
  userId: string,
  membership: Membership | { organizationId: null; organizationRole: null },
): Promise<void> {
  await deleteInvitesOf(trx, userId);
  emit('user.organization_changed', { userId, ...membership });
}
