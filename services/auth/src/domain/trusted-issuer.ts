import type { OrganizationRole } from '@parley/contracts';

/** An identity provider whose tokens are accepted as a login. See the setting `TRUSTED_ISSUERS`. */
export interface TrustedIssuer {
  issuer: string;
  audience: string | string[];
  /** Absent: by OpenID Connect discovery. */
  jwks?: string | undefined;
  algorithms: string[];
  /** Milliseconds. */
  clockSkew: number;
  /** Names of claims. */
  claims: {
    username: string;
    name: string;
    organization?: string | undefined;
    role?: string | undefined;
  };
  organization?: string | undefined;
  organizations: Record<string, string>;
  roles: Record<string, OrganizationRole>;
  externalIds: boolean;
}

/** A set of public keys (RFC 7517). */
export interface KeySet {
  keys: Record<string, unknown>[];
}

/** Where the last known keys of issuers outlive a process. */
export interface StoredKeys {
  find(issuer: string): Promise<KeySet | undefined>;
  put(issuer: string, jwks: KeySet): Promise<void>;
}

/** A user as a token describes it. */
export interface IssuedIdentity {
  subject: string;
  /** A hint; digits follow if it is taken. */
  username: string | undefined;
  name: string | undefined;
  /** The value of the claim. Null: none. Undefined: the issuer does not determine it. */
  organization: string | null | undefined;
  /** Undefined: the issuer does not determine it. */
  role: OrganizationRole | undefined;
}

const maxSubjectLength = 255;

/** @returns undefined if the token names no user */
export function identityOf(
  issuer: TrustedIssuer,
  claims: Record<string, unknown>,
): IssuedIdentity | undefined {
  const { sub } = claims;
  if (typeof sub !== 'string' || sub === '' || sub.length > maxSubjectLength || !isPlain(sub))
    return undefined;
  const named = (name: string | undefined) => (name === undefined ? undefined : textOf(claims[name]));
  const { organization, claims: names } = issuer;
  return {
    subject: sub,
    // Many providers use the e-mail address, whose domain belongs to no name.
    username: named(names.username)?.split('@')[0],
    name: named(names.name)?.slice(0, 100),
    organization: organization ?? (names.organization && (named(names.organization) ?? null)),
    role: names.role === undefined ? undefined : roleOf(issuer, claims[names.role]),
  };
}

const isPlain = (value: string) => !value.includes('\u0000') && value.isWellFormed();

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' && isPlain(value) ? value.trim() : undefined;

const byRank: readonly OrganizationRole[] = ['admin', 'moderator', 'user'];

/** The highest role that the claim, a value or a list of values, stands for. */
function roleOf({ roles }: TrustedIssuer, claim: unknown): OrganizationRole {
  const stated = [claim].flat().flatMap((value) => {
    const role = typeof value === 'string' && Object.hasOwn(roles, value) ? roles[value] : value;
    return byRank.find((each) => each === role) ?? [];
  });
  return byRank.find((role) => stated.includes(role)) ?? 'user';
}
