import { connectDatabase } from '@parley/database';
import { newId } from '@parley/runtime';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { person, startNotifications } from './notifications-harness.ts';

let service: Awaited<ReturnType<typeof startNotifications>>;
beforeAll(async () => {
  service = await startNotifications();
});
afterAll(() => service.stop());

/** All rows of all tables as text. */
async function everything(): Promise<string> {
  const db = connectDatabase({ url: service.databaseUrl, schema: 'notifications' });
  try {
    return JSON.stringify(
      await Promise.all(
        ['notifications', 'counted_messages', 'members', 'rooms'].map((table) => db(table).select('*')),
      ),
    );
  } finally {
    await db.destroy();
  }
}

describe('an erased user', () => {
  test('has no inbox, and no other inbox names them, not even in read or deleted rows', async () => {
    const [gone, bob, cem] = [person('traceable'), person('bob'), person('cem')];
    const room = await service.room([gone, bob, cem]);
    const direct = await service.room([gone, bob], { kind: 'direct' });
    const ask = (from: typeof gone, to: typeof gone) =>
      service.publish('friend_request.created', { id: newId(), from, to });
    await ask(gone, bob);
    await ask(cem, gone);
    const said = await service.send(room, gone, 'hello');
    const whispered = await service.send(direct, gone, 'psst');
    const { notifications } = await service.inbox(cem);
    expect(notifications).toMatchObject([{ content: 'traceable: hello' }]);
    await service.call(cem, 'DELETE', `/${notifications[0]?.id}`);
    await service.send(room, bob, 'hello yourself');
    // A leave from before the erasure, with the real name.
    const left = await service.room([bob, gone]);
    await service.publish('member.left', { roomId: left.room.id, ...gone, version: 3, reason: 'left' });
    expect(await everything()).toContain('traceable');

    await service.publish('member.left', {
      roomId: room.room.id,
      userId: gone.userId,
      username: 'deleted user',
      version: 10,
      reason: 'left',
    });
    await service.publish('member.updated', {
      roomId: direct.room.id,
      membership: service.membership(direct, { ...gone, username: 'deleted user' }, 10),
    });
    await service.publish('profile.erased', { userId: gone.userId });
    await service.change(
      [said, whispered].map((change, index) => ({
        kind: 'message.edited',
        roomId: change.roomId,
        seq: 100 + index,
        message: { ...change.message, username: 'deleted user' },
      })),
    );
    expect((await service.inbox(gone)).notifications).toEqual([]);
    expect(
      (await service.inbox(bob)).notifications
        .map(({ type, title, content }) => [type, title, content])
        .sort(),
    ).toEqual([
      ['message', 'a room', 'deleted user: hello'],
      ['message', 'deleted user', 'psst'],
    ]);
    expect(await everything()).not.toContain('traceable');
  });
});
