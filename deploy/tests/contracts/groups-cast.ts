import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { Json } from '../whole-stack/chat-user.ts';
import type { Target } from '../whole-stack/target.ts';
import { createCast, password } from './cast.ts';
import { connectWebSocket } from './connections.ts';

export interface Member {
  id: string;
  email: string;
  fullName: string;
  password: string;
  token: string;
}

/** Status and code of a call that must fail. */
export const code = async (answer: Promise<{ status: number; body: Json }>) => {
  const { status, body } = await answer;
  return [status, body?.code];
};

/** Common actions of a `groups` client, over REST and plain WebSockets. */
export function groupsCast(target: () => Target) {
  const cast = createCast(target, '', connectWebSocket);
  return {
    ...cast,
    register: async (fullName: string): Promise<Member> => {
      const email = `${fullName.toLowerCase()}-${randomUUID().slice(0, 8)}@example.org`;
      const { status, body } = await cast.ask('POST', '/auth/register', { email, password, fullName });
      expect([status, body.user?.name]).toEqual([201, fullName]);
      return { id: body.user.id, email, fullName, password, token: body.session.access_token };
    },
    logIn: ({ email, password }: Member) => cast.ask('POST', '/auth/login', { email, password }),
  };
}
export type GroupsCast = ReturnType<typeof groupsCast>;
