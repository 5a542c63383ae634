import { z } from 'zod';
import { ownId } from '../../client-contracts/own-id.ts';
import { freeText, id, optionalText, seq, shownName, time } from '../../schemas/common.ts';
import { password, profileChanges } from '../../schemas/user.ts';
import { typedPassword } from '../auth.ts';
import { operation } from '../operation.ts';

const service = 'directory';
const tag = 'groups';

const user = z
  .object({
    id,
    username: z.string(),
    name: z.string(),
    description: z.string(),
    resume_link: z.string(),
    role: z.string().meta({ description: 'a job title, not a permission' }),
    profile_picture: z.string(),
    theme_mode: z.enum(['light', 'dark']),
    theme_color: z.string(),
    background_image: z.string(),
    created_at: time,
  })
  .meta({ id: 'GroupsUser' });
export type GroupsUser = z.output<typeof user>;

const groupMember = z
  .object({
    group_id: id,
    user_id: id,
    username: z.string(),
    name: z.string(),
    created_at: time.meta({ description: 'of the membership' }),
  })
  .meta({ id: 'GroupsMember' });
export type GroupsMember = z.output<typeof groupMember>;

const group = z
  .object({
    id,
    name: z.string(),
    description: z.string(),
    group_picture: z.string(),
    created_by: id.nullable(),
    created_at: time,
    member_count: z.number().int(),
    members: z.array(groupMember).meta({
      description: 'the longest-standing, at most 1,000; at least 20 of each in lists of many groups',
    }),
  })
  .meta({ id: 'GroupsGroup' });
export type GroupsGroup = z.output<typeof group>;

const message = z
  .object({
    id,
    sender_id: id,
    receiver_id: id.meta({ description: 'a user or a group' }),
    is_group: z.boolean(),
    content: z.string(),
    created_at: time,
    seq,
  })
  .meta({ id: 'GroupsMessage' });
export type GroupsMessage = z.output<typeof message>;

/** Forms send null for an empty field. */
const orEmpty = (schema: z.ZodType<string, string>) =>
  schema
    .nullable()
    .transform((value) => value ?? '')
    .optional();

const changes = profileChanges.shape;

export const updateProfile = operation({
  id: 'groupsUpdateProfile',
  service,
  tag,
  method: 'put',
  path: '/user/profile',
  summary: "Change the caller's profile",
  description:
    'Absent fields stay as they are; null clears a field. Links and pictures are free text of ' +
    'up to 64 KB, stored unchanged.',
  body: z.object({
    id: ownId,
    name: changes.name,
    description: changes.description,
    resume_link: changes.resumeLink,
    role: changes.jobTitle,
    profile_picture: changes.profilePicture,
    theme_mode: changes.themeMode,
    theme_color: changes.themeColor,
    background_image: changes.backgroundImage,
  }),
  status: 200,
  response: user,
  errors: ['identity_mismatch', 'user_not_found'],
});

export const addContact = operation({
  id: 'groupsAddContact',
  service,
  tag,
  method: 'post',
  path: '/user/add-contact',
  summary: "Add to the caller's contacts; idempotent",
  body: z.object({ contactId: id }),
  status: 200,
  response: user,
  errors: ['self_reference', 'user_not_found', 'blocked', 'limit_reached'],
});

export const updatePassword = operation({
  id: 'groupsUpdatePassword',
  service: 'auth',
  tag,
  method: 'put',
  path: '/user/update-password',
  summary: "Change the caller's password; ends all other sessions",
  description:
    'The contract has no field for the current password. Without it, the caller finds a notification ' +
    'of type `system` in the inbox. With `REQUIRE_CURRENT_PASSWORD=true`, it is required.',
  body: z.object({
    id: ownId,
    password,
    currentPassword: typedPassword.optional().meta({ description: 'checked if given' }),
  }),
  status: 200,
  response: z.object({ id }),
  errors: ['identity_mismatch', 'user_not_found', 'invalid_credentials'],
});

// Before `/user/:id`, which would match this path as an id.
export const getDashboard = operation({
  id: 'groupsGetDashboard',
  service,
  tag,
  method: 'get',
  path: '/user/dashboard',
  summary: "The caller's dashboard",
  description:
    'All contacts in alphabetical order, all groups, newest first, and the latest message of ' +
    'each of the 100 rooms joined last, newest first. Of more than 1,000 contacts or groups ' +
    'the first, with a link to the rest of each.',
  status: 200,
  response: z.object({
    user,
    contacts: z.array(user),
    groups: z.array(group),
    recent_messages: z.array(message),
  }),
  errors: ['user_not_found'],
  mayHaveMore: true,
});

export const getUser = operation({
  id: 'groupsGetUser',
  service,
  tag,
  method: 'get',
  path: '/user/:id',
  summary: 'One user',
  params: z.object({ id }),
  status: 200,
  response: user,
  errors: ['user_not_found'],
});

export const createGroup = operation({
  id: 'groupsCreateGroup',
  service,
  tag,
  method: 'post',
  path: '/group/create',
  summary: "Create a group, which appears in every member's groups",
  body: z.object({
    name: shownName(1, 100),
    description: orEmpty(optionalText(1_000)),
    group_picture: orEmpty(freeText),
    created_by: ownId,
    members: z
      .array(id)
      .max(500)
      .default([])
      .meta({ description: 'in addition to the caller, who owns the group' }),
  }),
  status: 201,
  response: group,
  errors: ['identity_mismatch', 'user_not_found', 'blocked', 'limit_reached'],
});

export const addMembers = operation({
  id: 'groupsAddMembers',
  service,
  tag,
  method: 'post',
  path: '/group/add-members',
  summary: 'Add members; owner and admins. Idempotent',
  body: z.object({ group_id: id, user_ids: z.array(id).min(1).max(100) }),
  status: 200,
  response: group,
  errors: ['room_not_found', 'not_authorized', 'user_not_found', 'blocked', 'room_kind', 'limit_reached'],
});
