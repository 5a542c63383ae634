import type { SessionTokens } from '@parley/contracts';
import { type Json, startAuth } from './auth-harness.ts';

export const base = '/api/v1/organizations';

/** A running auth service with shorthands for its organizations. */
export async function startOrganizations() {
  const auth = await startAuth();
  const call = ({ token }: { token: string }, method: string, path: string, body?: unknown) =>
    auth.call(method, base + path, { token, body });
  let count = 0;
  const newName = () => `Organization ${++count}`;
  return {
    auth,
    call,
    newName,
    refreshed: async ({ refreshToken }: SessionTokens): Promise<SessionTokens> =>
      (await auth.call('POST', '/api/v1/auth/refresh', { body: { refreshToken } })).body,
    /** An organization with an admin and one member per given role. */
    organization: async (roles: ('admin' | 'moderator' | 'user')[] = []) => {
      const admin = await auth.registered({ organizationName: newName() });
      const members: SessionTokens[] = [];
      for (const role of roles) {
        const { token } = (await call(admin, 'POST', '/mine/invites', { role, maxUses: 1 })).body;
        members.push(await auth.registered({ organizationInvite: token }));
      }
      return { admin, members, id: admin.user.organizationId };
    },
  };
}

export const at = (people: SessionTokens[], index: number): SessionTokens => {
  const person = people[index];
  if (!person) throw new Error(`no member ${index}`);
  return person;
};

export const code = (answer: { status: number; body: Json }) => `${answer.status} ${answer.body?.code}`;
