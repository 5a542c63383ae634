import type { ClientContract, OrganizationRole } from '@parley/contracts';
import { AppError, validationFailed } from '@parley/errors';
import { networkOf } from '@parley/runtime';
import type { Identity } from '../domain/identity.ts';
import type { Device } from '../domain/session.ts';
import { findTaken } from '../stores/users.ts';
import { addUser, nameTaken } from './add-user.ts';
import type { Context, Transaction } from './context.ts';
import { issueTokens, openSession, type Tokens } from './open-session.ts';
import { admitByInvite, createOrJoin } from './organizations/admission.ts';
import { requireLength } from './require-password.ts';

interface Register {
  /** @default derived from the name, or else from the e-mail address */
  username?: string | undefined;
  /** In lower case, as the schema `email` leaves it. */
  email: string;
  password: string;
  /** @default the username */
  name?: string | undefined;
  /** Created if no organization has this name; otherwise joined if it is open. */
  organizationName?: string | undefined;
  /** The requested role in `organizationName`. */
  role?: OrganizationRole | undefined;
  /** The token of an invite. */
  organizationInvite?: string | undefined;
  contract: ClientContract;
  device: Device;
}

/**
 * Creates an identity, optionally an organization, and the first session, atomically.
 * @throws AppError `username_taken`, `email_taken`, `organization_closed`,
 * `organization_name_taken`, `role_not_allowed`, `invite_not_found`, `validation_failed`,
 * `rate_limit`
 */
export async function register(context: Context, input: Register): Promise<Tokens> {
  checkCombination(input);
  requireLength(context, { field: 'password', password: input.password });
  const network = networkOf(input.device.address);
  await context.registrations.consume(network);
  // Hashing takes a quarter of a second, too long for an open transaction.
  const passwordHash = await context.hasher.hash(input.password, {
    lane: 'registration',
    client: network,
    user: input.email,
  });

  const { identity, session } = await context.transact(async (tx) => {
    const membership = await admit(context, tx, input);
    const identity = await addUser(context, tx, { ...input, passwordHash, membership });
    return { identity, session: await openSession(context, tx, { userId: identity.id, ...input }) };
  });
  return issueTokens(context, identity, session);
}

function checkCombination({ organizationName, organizationInvite, role }: Register): void {
  const refuse = (field: string, message: string) => {
    throw validationFailed({ field, message, reason: 'combination' });
  };
  if (role !== undefined && organizationName === undefined) refuse('role', 'needs organizationName');
  if (organizationInvite !== undefined && organizationName !== undefined)
    refuse('organizationInvite', 'excludes organizationName');
}

/** @throws AppError `username_taken`, `email_taken` */
async function requireFree({ trx }: Transaction, { username, email }: Register): Promise<void> {
  const taken = await findTaken(trx, { username, email });
  if (taken.username || taken.email) throw nameTaken(taken);
}

type OptionalMembership = Pick<Identity, 'organizationId' | 'organizationRole'>;

/**
 * Reports taken names first: registering twice must not fail because the organization now exists.
 */
async function admit(context: Context, tx: Transaction, input: Register): Promise<OptionalMembership> {
  try {
    return await membershipFor(context, tx, input);
  } catch (refusal) {
    if (refusal instanceof AppError) await requireFree(tx, input);
    throw refusal;
  }
}

async function membershipFor(
  context: Context,
  tx: Transaction,
  input: Register,
): Promise<OptionalMembership> {
  if (input.organizationInvite !== undefined) return admitByInvite(context, tx, input.organizationInvite);
  if (input.organizationName !== undefined)
    return createOrJoin(context, tx, input.organizationName, input.role);
  return { organizationId: null, organizationRole: null };
}
