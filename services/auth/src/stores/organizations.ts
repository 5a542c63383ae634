import type { JoinPolicy } from '@parley/contracts';
import { foldName, skeletonsOf } from '@parley/contracts/text';
import type { Queryable, Transaction } from '@parley/database';
import type { Organization } from '../domain/organization.ts';
import { reserveLook } from './skeletons.ts';

interface OrganizationRow {
  id: string;
  name: string;
  name_key: string;
  join_policy: JoinPolicy;
  created_at: Date;
}

const toOrganization = (row: OrganizationRow): Organization => ({
  id: row.id,
  name: row.name,
  joinPolicy: row.join_policy,
  createdAt: row.created_at,
});

// Joining takes a share lock on the organization; changing it or its members' roles takes an
// exclusive one. So a count of admins stays valid until the commit, and nobody joins an
// organization that is being dissolved. Lock organizations before users, and users before sessions.

/**
 * Returns false if the name is taken, or one that looks like it. Waits for a concurrent insert of
 * such a name.
 */
export async function insertOrganization(trx: Transaction, organization: Organization): Promise<boolean> {
  if (!(await reserveLook(trx, 'organizations', organization.name))) return false;
  const inserted: unknown[] = await trx('organizations')
    .insert({
      id: organization.id,
      name: organization.name,
      name_key: foldName(organization.name),
      skeletons: skeletonsOf(organization.name),
      join_policy: organization.joinPolicy,
      created_at: organization.createdAt,
    })
    .onConflict()
    .ignore()
    .returning('id');
  return inserted.length > 0;
}

export async function findOrganization(db: Queryable, id: string): Promise<Organization | undefined> {
  const row = await db<OrganizationRow>('organizations').where('id', id).first();
  return row && toOrganization(row);
}

export async function findOrganizationByName(db: Queryable, name: string): Promise<Organization | undefined> {
  const row = await db<OrganizationRow>('organizations').where('name_key', foldName(name)).first();
  return row && toOrganization(row);
}

export async function lockOrganizationToJoin(
  trx: Transaction,
  by: { id: string } | { name: string },
): Promise<Organization | undefined> {
  const row = await trx<OrganizationRow>('organizations')
    .where('id' in by ? { id: by.id } : { name_key: foldName(by.name) })
    .forShare()
    .first();
  return row && toOrganization(row);
}

export async function lockOrganizationToChange(
  trx: Transaction,
  id: string,
): Promise<Organization | undefined> {
  const row = await trx<OrganizationRow>('organizations').where('id', id).forUpdate().first();
  return row && toOrganization(row);
}

export async function updateJoinPolicy(trx: Transaction, id: string, joinPolicy: JoinPolicy): Promise<void> {
  await trx('organizations').where('id', id).update({ join_policy: joinPolicy });
}

/** Deletes it with its invites. It must have no members. */
export async function deleteOrganization(trx: Transaction, id: string): Promise<void> {
  await trx('organizations').where('id', id).delete();
}
