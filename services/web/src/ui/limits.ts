/**
 * The lengths that the contracts allow for what users type, in UTF-16 code units, as attributes of
 * a field. A test compares them.
 */
export const limits = {
  username: { minLength: 2, maxLength: 50 },
  email: { maxLength: 254 },
  /** Longer than 72 bytes is refused; cutting it off would change it unnoticed. */
  newPassword: { minLength: 8 },
  name: { maxLength: 100 },
  jobTitle: { maxLength: 1_000 },
  about: { maxLength: 10_000 },
  channelName: { minLength: 3, maxLength: 30 },
  groupName: { minLength: 1, maxLength: 100 },
  roomDescription: { maxLength: 1_000 },
  organizationName: { minLength: 2, maxLength: 100 },
  inviteCode: { minLength: 1, maxLength: 512 },
  search: { maxLength: 100 },
  messageSearch: { maxLength: 200 },
  picture: { maxLength: 65_536 },
} as const;
