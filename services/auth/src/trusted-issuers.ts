import { organizationRole } from '@parley/contracts';
import { duration } from '@parley/runtime';
import { z } from 'zod';
import type { TrustedIssuer } from './domain/trusted-issuer.ts';

/** Asymmetric ones only: with `none` or a shared secret, anybody could sign. */
const algorithms = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'],
] as const;

const claimName = z.string().min(1).max(100);

/** An identity provider whose tokens are accepted as a login. */
export const trustedIssuer = z.strictObject({
  /** The exact claim `iss`. */
  issuer: z
    .string()
    .min(1)
    .max(500)
    .refine((value) => value !== 'parley', 'is our own'),
  /** The claim `aud` must contain one of them. */
  audience: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]),
  /** Where the keys are: a URL, or `file:` and a path. @default by OpenID Connect discovery */
  jwks: z.url({ protocol: /^(https?|file)$/ }).optional(),
  algorithms: z
    .array(z.string())
    .min(1)
    .default([...algorithms])
    .refine(
      (values) => values.every((value) => (algorithms as readonly string[]).includes(value)),
      `must be of ${algorithms.join(', ')}`,
    ),
  /** Tolerance for the clocks. */
  clockSkew: duration('60s'),
  /** The claims that describe the user. The last two only apply if they are named. */
  claims: z
    .strictObject({
      username: claimName.default('preferred_username'),
      name: claimName.default('name'),
      organization: claimName.optional(),
      role: claimName.optional(),
    })
    .prefault({}),
  /** The name of the organization of all its users, created if it does not exist. */
  organization: z.string().min(2).max(100).optional(),
  /** Existing organizations for values of the claim; others are created under that name. */
  organizations: z.record(z.string(), z.uuid()).default({}),
  /** Roles for values of the claim, which otherwise are roles themselves. */
  roles: z.record(z.string(), organizationRole).default({}),
  /** The claim `sub` is the `externalId` that keys of that organization use. */
  externalIds: z.boolean().default(false),
});

/** The setting `TRUSTED_ISSUERS`: a JSON list. */
export const trustedIssuers = z
  .string()
  .default('[]')
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue({ code: 'custom', message: 'must be a JSON list' });
      return z.NEVER;
    }
  })
  .pipe(z.array(trustedIssuer).max(20) satisfies z.ZodType<TrustedIssuer[]>)
  .refine((issuers) => new Set(issuers.map(({ issuer }) => issuer)).size === issuers.length, {
    error: 'names an issuer twice',
  })
  .refine((issuers) => !issuers.some(({ organization, claims }) => organization && claims.organization), {
    error: 'gives an issuer both an organization and a claim for it',
  });
