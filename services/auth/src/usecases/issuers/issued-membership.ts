import { AppError } from '@parley/errors';
import type { Identity, Membership } from '../../domain/identity.ts';
import type { IssuedIdentity, TrustedIssuer } from '../../domain/trusted-issuer.ts';
import { lockExternalIdentity } from '../../stores/external-identities.ts';
import { findIssuerOrganization, insertIssuerOrganization } from '../../stores/issuers.ts';
import { findOrganizationByName, lockOrganizationToChange } from '../../stores/organizations.ts';
import { countMembers } from '../../stores/users.ts';
import type { Context, Transaction } from '../context.ts';
import { addOrganization } from '../organizations/admission.ts';
import { dissolve } from '../organizations/dissolve.ts';
import { leaveWithBots } from '../organizations/leave-with-bots.ts';
import { changeRole, enter } from '../organizations/membership-changes.ts';

/**
 * The id of the organization that a token names, created for its first user. Undefined: the issuer
 * determines none. A claim never leads into an organization that the issuer did not create, unless
 * the operator has said so.
 * @throws AppError `organization_name_taken`
 */
export async function issuedOrganization(
  context: Context,
  tx: Transaction,
  issuer: TrustedIssuer,
  { organization: value }: IssuedIdentity,
): Promise<string | null | undefined> {
  if (value === undefined || value === null) return value;
  const known = issuer.organizations[value];
  if (known !== undefined) return known;
  const which = { issuer: issuer.issuer, value };
  const before = await findIssuerOrganization(tx.trx, which);
  if (before) return before;
  await lockExternalIdentity(tx.trx, { provider: 'organization', subject: JSON.stringify(which) });
  const meanwhile = await findIssuerOrganization(tx.trx, which);
  if (meanwhile) return meanwhile;
  const named = issuer.organization === undefined ? undefined : await findOrganizationByName(tx.trx, value);
  const organization = named ?? (await addOrganization(context, tx, value, 'invite'));
  if (!organization) throw new AppError('organization_name_taken');
  await insertIssuerOrganization(tx.trx, which, organization.id);
  return organization.id;
}

/**
 * Gives a known user the organization and role of the token. A user who changes organizations loses
 * all sessions, as one who leaves does.
 */
export async function adoptMembership(
  context: Context,
  tx: Transaction,
  identity: Identity,
  issued: { organizationId: string | null | undefined; role: IssuedIdentity['role'] },
): Promise<Identity> {
  const before = identity.organizationId;
  const { organizationId = before, role = identity.organizationRole ?? 'user' } = issued;
  if (organizationId === before && (before === null || role === identity.organizationRole)) return identity;
  // In one order, so that two users who change places do not wait for each other.
  for (const id of [...new Set([before, organizationId])].sort())
    if (id !== null && !(await lockOrganizationToChange(tx.trx, id))) throw new AppError('unavailable');
  if (organizationId === before && before !== null) {
    await changeRole(tx, identity.id, { organizationId: before, role });
    return { ...identity, organizationRole: role };
  }
  if (before !== null) await depart(context, tx, identity.id, before);
  if (organizationId === null) return { ...identity, organizationId: null, organizationRole: null };
  const membership: Membership = { organizationId, organizationRole: role };
  await enter(tx, identity.id, membership);
  return { ...identity, ...membership };
}

async function depart(
  context: Context,
  tx: Transaction,
  userId: string,
  organizationId: string,
): Promise<void> {
  await leaveWithBots(context, tx, userId, organizationId);
  const { members } = await countMembers(tx.trx, organizationId);
  if (members === 0) await dissolve(context, tx, organizationId);
}
