import {
  authApi,
  defaultPasswordLength,
  messagesApi,
  organizationsApi,
  roomsApi,
  usersApi,
} from '@parley/contracts';
import { expect, test } from 'vitest';
import { isBlank, maxContentLength } from '../../../services/web/src/conversation/composer/limits.ts';
import { limits } from '../../../services/web/src/ui/limits.ts';

interface Schema {
  safeParse(value: unknown): { success: boolean };
}
const isAccepted = (content: string) => messagesApi.sendMessage.body?.safeParse({ content }).success;

test('the composer sends what the contract accepts: length and blank messages', () => {
  expect(isAccepted('x'.repeat(maxContentLength))).toBe(true);
  expect(isAccepted('x'.repeat(maxContentLength + 1))).toBe(false);
  for (const blank of ['', ' ', '\n\t', '\u200b\u2060', '\u00a0\u3164'])
    expect([isAccepted(blank), isBlank(blank)]).toEqual([false, true]);
  for (const text of ['.', ' a ', '👍', '\u05d0\u200f'])
    expect([isAccepted(text), isBlank(text)]).toEqual([true, false]);
});

const account = { username: 'ada', email: 'ada@example.org', password: 'correct horse' };
const channel = { name: 'garden' };
const { register } = authApi;
const { createRoom } = roomsApi;
const { updateMe, listUsers } = usersApi;
const { createOrganization, joinOrganization } = organizationsApi;

test.each<[keyof typeof limits, Schema | undefined, (text: string) => object]>([
  ['username', register.body, (username) => ({ ...account, username })],
  ['name', updateMe.body, (name) => ({ name })],
  ['jobTitle', updateMe.body, (jobTitle) => ({ jobTitle })],
  ['about', updateMe.body, (description) => ({ description })],
  ['picture', updateMe.body, (backgroundImage) => ({ backgroundImage })],
  ['channelName', createRoom.body, (name) => ({ name })],
  ['groupName', createRoom.body, (name) => ({ kind: 'group', name })],
  ['roomDescription', createRoom.body, (description) => ({ ...channel, description })],
  ['organizationName', createOrganization.body, (name) => ({ name })],
  ['organizationName', register.body, (organizationName) => ({ ...account, organizationName })],
  ['inviteCode', joinOrganization.body, (invite) => ({ invite })],
  ['inviteCode', register.body, (organizationInvite) => ({ ...account, organizationInvite })],
  ['search', listUsers.query, (search) => ({ search })],
])('the field accepts the lengths that the contract accepts: %s', (name, schema, inputOf) => {
  const accepts = (length: number) => schema?.safeParse(inputOf('x'.repeat(length))).success;
  const { minLength = 0, maxLength }: { minLength?: number; maxLength: number } = {
    maxLength: Number.NaN,
    ...limits[name],
  };
  expect([accepts(minLength), accepts(maxLength), accepts(maxLength + 1)]).toEqual([true, true, false]);
  if (minLength > 0) expect(accepts(minLength - 1)).toBe(false);
});

test('the fields accept the e-mail addresses of the contract, and passwords as auth does by default', () => {
  const domain = `@${['x', 'y', 'z'].map((letter) => letter.repeat(60)).join('.')}.org`;
  const accepts = (length: number) =>
    register.body?.safeParse({ ...account, email: domain.padStart(length, 'a') }).success;
  const { maxLength } = limits.email;
  expect([accepts(maxLength), accepts(maxLength + 1)]).toEqual([true, false]);
  expect(limits.newPassword.minLength).toBe(defaultPasswordLength);
});
