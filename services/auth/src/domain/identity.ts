import { erasedName, type OrganizationRole, username } from '@parley/contracts';
import { cutText, foldName, imitates, makeVisible } from '@parley/contracts/text';

export interface Membership {
  organizationId: string;
  organizationRole: OrganizationRole;
}

export interface Identity {
  id: string;
  username: string;
  /** Empty for users of other systems, who need none here. */
  email: string;
  name: string;
  organizationId: string | null;
  organizationRole: OrganizationRole | null;
  createdAt: Date;
  isBot?: true;
}

/** The name of erased users is reserved, with all that look like it: nobody can pose as one. */
export const isReserved = (username: string): boolean => imitates(username, erasedName);

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
  isEmail(login) ? login.normalize('NFKC').trim().toLowerCase() : foldName(login);

const maxBaseLength = 40;

/**
 * The base of a derived username: the name, or else the e-mail address's local part, without
 * characters that usernames cannot contain.
 */
function usernameBase(from: { name?: string | undefined; email: string }): string {
  const source = from.name ?? from.email.slice(0, from.email.lastIndexOf('@'));
  const allowed = makeVisible(source).replace(/./gsu, (one) =>
    /[@/\\]/.test(one.normalize('NFKC')) ? '' : one,
  );
  const base = makeVisible(cutText(allowed, maxBaseLength));
  return username.safeParse(base).success ? base : 'user';
}

/**
 * Usernames to try: the plain base first, then with increasingly many digits. So even thousands of
 * users of one name find a free one in a few tries. The digits are random: if they followed from
 * the address, others could take every candidate of a known person.
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
