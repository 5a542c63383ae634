import { answer } from '@parley/bus';
import { type CallQuestion, calls } from '@parley/contracts';
import { newId } from '@parley/runtime';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DirectoryTest, startDirectory, type TestPerson } from './harness.ts';

let directory: DirectoryTest;
const revoked: CallQuestion<typeof calls.revokeAccess>['events'] = [];
/** Reached notifications. */
const ended: typeof revoked = [];
/** How messages reacts to the call. */
let onCall: () => Promise<void> = async () => undefined;

beforeAll(async () => {
  directory = await startDirectory();
  await answer(directory.bus, calls.revokeAccess, async ({ events }) => {
    await onCall();
    revoked.push(...events);
    return {};
  });
  await answer(directory.bus, calls.revokeInboxAccess, async ({ events }) => {
    ended.push(...events);
    return {};
  });
});
afterAll(() => directory.stop());

interface Cast {
  ada: TestPerson;
  bob: TestPerson;
  roomId: string;
}

async function cast(organizationId: string | null = null, kind: 'group' | 'direct' = 'group'): Promise<Cast> {
  const [ada, bob] = [
    await directory.person(undefined, organizationId),
    await directory.person(undefined, organizationId),
  ];
  const wanted = kind === 'direct' ? { kind, userId: bob.id } : { kind, name: 'a room', members: [bob.id] };
  const { body } = await ada.call('POST', '/rooms', wanted);
  return { ada, bob, roomId: body.id };
}

const kinds: Record<string, { act(): Promise<Cast>; events: string[] }> = {
  leaving: {
    events: ['member.left'],
    act: async () => {
      const { bob, roomId, ...rest } = await cast();
      expect((await bob.call('POST', `/rooms/${roomId}/leave`)).status).toBe(200);
      return { bob, roomId, ...rest };
    },
  },
  removal: {
    events: ['member.left'],
    act: async () => {
      const { ada, bob, roomId } = await cast();
      expect((await ada.call('DELETE', `/rooms/${roomId}/members/${bob.id}`)).status).toBe(204);
      return { ada, bob, roomId };
    },
  },
  'a ban': {
    events: ['member.left'],
    act: async () => {
      const { ada, bob, roomId } = await cast();
      expect((await ada.call('POST', `/rooms/${roomId}/bans`, { userId: bob.id })).status).toBe(201);
      return { ada, bob, roomId };
    },
  },
  'the end of a room': {
    events: ['room.deleted'],
    act: async () => {
      const { ada, roomId, ...rest } = await cast();
      expect((await ada.call('DELETE', `/rooms/${roomId}`)).status).toBe(204);
      return { ada, roomId, ...rest };
    },
  },
  'a block': {
    events: ['member.updated', 'member.updated'],
    act: async () => {
      const { ada, bob, roomId } = await cast(null, 'direct');
      expect((await ada.call('PUT', `/blocks/${bob.id}`)).status).toBe(204);
      return { ada, bob, roomId };
    },
  },
  'another role': {
    events: ['member.updated', 'member.updated'],
    act: async () => {
      const { ada, bob, roomId } = await cast();
      for (const role of ['admin', 'member'])
        await ada.call('PUT', `/rooms/${roomId}/members/${bob.id}/role`, { role });
      return { ada, bob, roomId };
    },
  },
  'leaving an organization': {
    events: ['member.left'],
    act: async () => {
      const made = await cast(newId());
      await directory.move(made.bob, null);
      return made;
    },
  },
};

const roomOf = (data: unknown): unknown => (data as { roomId?: string }).roomId;

describe('revoking before acknowledging', () => {
  test.each(Object.entries(kinds))(
    '%s reaches messages before it is acknowledged, and notifications if it ends a membership',
    async (_kind, { act, events }) => {
      const { roomId } = await act();
      expect(revoked.filter(({ data }) => roomOf(data) === roomId).map(({ type }) => type)).toEqual(events);
      expect(ended.filter(({ data }) => roomOf(data) === roomId).map(({ type }) => type)).toEqual(
        events.filter((type) => type !== 'member.updated'),
      );
    },
  );

  test('skips a stuck replica; if all are stuck, the change is acknowledged and published', async () => {
    let release: () => void = () => undefined;
    const stuck = new Promise<void>((resolve) => {
      release = resolve;
    });
    const asked: number[] = [];
    onCall = () => (asked.push(asked.length) === 1 ? stuck : Promise.resolve());
    const skipped = await cast();
    await skipped.ada.call('DELETE', `/rooms/${skipped.roomId}`);
    expect(revoked.map(({ data }) => roomOf(data))).toContain(skipped.roomId);

    onCall = () => stuck;
    const { ada, roomId } = await cast();
    expect((await ada.call('DELETE', `/rooms/${roomId}`)).status).toBe(204);
    expect(revoked.map(({ data }) => roomOf(data))).not.toContain(roomId);
    await directory.published('room.deleted', (data) => data.roomId === roomId);
    release();
  });
});
