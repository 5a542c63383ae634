import { z } from 'zod';
import type { ClientContract } from './client-contract.ts';
import { because, freeText, id, optionalText, shownName, time } from './common.ts';
import type { Grant } from './scope.ts';

/**
 * 2 to 50 characters, with spaces allowed inside ("manoj singh"). No `@` of any width, which
 * distinguishes e-mail addresses at login. Unique without regard to case, and to characters that
 * look alike.
 */
export const username = shownName(2, 50).refine(
  (value) => !/[@/\\]/.test(value.normalize('NFKC')),
  because('characters', 'must not contain @, / or \\'),
);

export { erasedName } from '../text/erased-name.ts';

export const email = z
  .string()
  .trim()
  .max(254)
  .transform((value) => value.toLowerCase())
  .pipe(z.email());

/** The lowest value of auth's setting `PASSWORD_MIN_LENGTH`. Auth applies the setting. */
export const minPasswordLength = 6;
/** The default of that setting. */
export const defaultPasswordLength = 8;

/**
 * A new password of up to 72 bytes, composed (NFC), because keyboards send one letter in several
 * ways. Longer ones are refused, because bcrypt ignores the rest.
 */
export const password = z
  .string()
  .overwrite((value) => value.normalize('NFC'))
  .min(minPasswordLength, `at least ${minPasswordLength} characters`)
  .refine((value) => Buffer.byteLength(value) <= 72, because('too_long', 'at most 72 bytes'))
  .refine((value) => !value.includes('\u0000'), because('characters', 'must not contain NUL'))
  .refine((value) => value.isWellFormed(), because('characters', 'must not contain broken characters'))
  .meta({
    override: {
      type: 'string',
      description:
        `at least \`PASSWORD_MIN_LENGTH\` characters, ${defaultPasswordLength} by default; ` +
        'at most 72 bytes',
      minLength: minPasswordLength,
      maxLength: 72,
      format: 'password',
      example: 'correct horse',
    },
  });

/** Permissions within the organization. */
export const organizationRole = z.enum(['admin', 'moderator', 'user']);
export type OrganizationRole = z.output<typeof organizationRole>;

/** Unique without regard to case, and to characters that look alike. */
export const organizationName = shownName(2, 100);

/** Whether knowing an organization's name is enough to join it. */
export const joinPolicy = z.enum(['open', 'invite']);
export type JoinPolicy = z.output<typeof joinPolicy>;

/** Marks users that are programs. Absent for people. */
export const isBot = z.literal(true).optional().meta({ description: 'present if the user is a bot' });

/** The owner of a bot. */
export const botOwner = z.object({ kind: z.enum(['user', 'organization']), id });

/** A user as visible to others. */
export const profile = z
  .object({
    id,
    username: z.string(),
    name: optionalText(100),
    description: optionalText(10_000),
    resumeLink: freeText,
    /** A job title ("Developer"), not a permission. */
    jobTitle: optionalText(1_000),
    profilePicture: freeText,
    themeMode: z.enum(['light', 'dark']),
    themeColor: optionalText(1_000),
    backgroundImage: freeText,
    organizationId: id.nullable(),
    isBot,
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'Profile' });
export type Profile = z.output<typeof profile>;

/** The part of a profile that a list of people needs. */
export type UserName = Pick<Profile, 'id' | 'username' | 'name' | 'createdAt' | 'updatedAt'>;

/** Forms send null for an empty field, which clears it. */
const clearable = <S extends z.ZodType<string, string>>(field: S, empty: z.output<S>) =>
  field
    .nullable()
    .transform((value) => value ?? empty)
    .optional();

const { description, resumeLink, jobTitle, profilePicture, themeMode, themeColor, backgroundImage } =
  profile.shape;

/** The parts of a profile that its owner may change. */
export const profileChanges = z.object({
  name: clearable(shownName(0, 100, 'at most 100 characters'), ''),
  description: clearable(description, ''),
  resumeLink: clearable(resumeLink, ''),
  jobTitle: clearable(jobTitle, ''),
  profilePicture: clearable(profilePicture, ''),
  themeMode: clearable(themeMode, 'light'),
  themeColor: clearable(themeColor, ''),
  backgroundImage: clearable(backgroundImage, ''),
});
export type ProfileChanges = z.output<typeof profileChanges>;

/** The authenticated user, from the access token. */
export interface Caller {
  userId: string;
  username: string;
  isBot?: true;
  sessionId: string;
  organizationId: string | null;
  organizationRole: z.output<typeof organizationRole> | null;
  /** Null: the token comes from a release that did not record it. */
  contract: ClientContract | null;
  /** The limits of the token. Absent for a user's own, which may do all that the user may. */
  grant?: Grant;
}
