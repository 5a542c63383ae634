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

/** The name of erased users is reserved, so that nobody can pose as one. */
export const isReserved = (username: string): boolean => folded(username) === erasedName;

/** A username cannot contain an `@`, so one field accepts both. */
export const isEmail = (login: string): boolean => login.includes('@');

/** The login of a request, under whichever name the client sent it. */
export const loginOf = (body: {
  email?: string | undefined;
  username?: string | undefined;
  login?: string | undefined;
}): string => body.email ?? body.username ?? body.login ?? '';

/** The form in which logins are looked up and counted. */
export const loginKey = (login: string): string =>
  isEmail(login) ? login.trim().toLowerCase() : folded(login);

const maxBaseLength = 40;

/**
 * The base of a derived username: the name, or else the e-mail address's local part, without
 * characters that usernames cannot contain.
 */
function usernameBase(from: { name?: string | undefined; email: string }): string {
  const source = from.name ?? from.email.slice(0, from.email.lastIndexOf('@'));
  const base = source
    .replace(/[\p{C}@/\\]/gu, '')
    .trim()
    .slice(0, maxBaseLength)
    // Drops the first half of a surrogate pair that the cut has split.
    .replace(/[\ud800-\udbff]$/, '')
    .trim();
  return base.length < 2 ? 'user' : base;
}

/**
 * Usernames to try: the plain base first, then with increasingly many digits. So even thousands of
 * users of one name find a free one in a few tries.
 * @param randomDigits returns `count` decimal digits
 */
export function* usernameCandidates(
  from: { name?: string | undefined; email: string },
  randomDigits: (count: number) => string,
): Generator<string, void> {
  const base = usernameBase(from);
  yield base;
  for (const count of [3, 4, 5, 6, 7, 8, 9]) yield `${base}${randomDigits(count)}`;
}
