import { erasedName, type OrganizationRole } from '@parley/contracts';
import { folded } from './folded.ts';

export interface Membership {
  organizationId: string;
  organizationRole: OrganizationRole;
}

export interface Identity {
  id: string;
  username: string;
  email: string;
  name: string;
  organizationId: string | null;
  organizationRole: OrganizationRole | null;
  createdAt: Date;
}

/** Nobody may be taken for somebody who was erased. */
export const isReserved = (username: string): boolean => folded(username) === erasedName;

/** A username cannot hold an `@`, so one field can take either. */
export const isEmail = (login: string): boolean => login.includes('@');

/** The form that logins are looked up and counted by. */
export const loginKey = (login: string): string =>
  isEmail(login) ? login.trim().toLowerCase() : folded(login);

const maxBaseLength = 40;

/** What a username is derived from when none was chosen: the name, else the e-mail's local part, without what usernames cannot hold. */
function usernameBase(from: { name?: string | undefined; email: string }): string {
  const source = from.name ?? from.email.slice(0, from.email.lastIndexOf('@'));
  const base = source
    .replace(/[\p{C}@/\\]/gu, '')
    .trim()
    .slice(0, maxBaseLength)
    // Not half of a character that two code units make.
    .replace(/[\ud800-\udbff]$/, '')
    .trim();
  return base.length < 2 ? 'user' : base;
}

/**
 * Usernames to try, best first: the plain one, then with ever more digits, so that even thousands of one name find theirs in a few tries.
 * @param randomDigits that many decimal digits
 */
export function* usernameCandidates(
  from: { name?: string | undefined; email: string },
  randomDigits: (count: number) => string,
): Generator<string, void> {
  const base = usernameBase(from);
  yield base;
  for (const count of [3, 4, 5, 6, 7, 8, 9]) yield `${base}${randomDigits(count)}`;
}
