import { newId } from '@parley/runtime';
import { eventually, queryOnce } from '@parley/testkit';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Hooks, startHooks } from './hooks-harness.ts';
import { type Person, person } from './world.ts';

let hooks: Hooks;
beforeAll(async () => {
  hooks = await startHooks({ HOOK_SWEEP: '300ms', MAX_HOOKS: '3' });
});
afterAll(() => hooks?.stop());

let ada: Person;
let bob: Person;
let path: string;
let roomId: string;
let paths = 0;
beforeEach(() => {
  [ada, bob] = [hooks.world.known(person('ada')), hooks.world.known(person('bob'))];
  path = `/${++paths}`;
  roomId = hooks.world.room([ada, bob]);
  hooks.world.announces = true;
});
const contents = (at = path) =>
  hooks.receiver
    .handled(at)
    .flatMap(({ changes }) =>
      changes.map((change) => (change.kind === 'message' ? change.message.content : change.kind)),
    );

describe('webhooks', () => {
  it.each([
    'http://169.254.169.254/latest/meta-data/',
    'http://127.0.0.2/',
    'http://[::ffff:7f00:1]/',
    'http://ada:secret@example.org/',
    'https://example.org:22/',
    'file:///etc/passwd',
    'example.org',
  ])('never lead to %s', async (url) => {
    const refused = await hooks.call(ada, 'POST', '', { url, rooms: [roomId] });
    expect(refused).toMatchObject({ status: 422, body: { errors: [{ field: 'url' }] } });
    const { hook } = await hooks.create(ada, path, { rooms: [roomId] });
    expect(await hooks.call(ada, 'PATCH', `/${hook.id}`, { url })).toMatchObject({ status: 422 });
  });

  it('need rooms that the caller manages, or the organization of which the caller is an admin', async () => {
    const body = (rooms: string[]) => ({ url: hooks.receiver.url(path), rooms });
    const status = async (who: Person, given: unknown) => (await hooks.call(who, 'POST', '', given)).status;
    expect(await status(ada, body([roomId]))).toBe(201);
    expect(await status(bob, body([roomId]))).toBe(403);
    expect(await status(person('carol'), body([roomId]))).toBe(404);
    expect(await status(ada, body([roomId, newId()]))).toBe(404);
    const direct = hooks.world.room([ada, bob], { kind: 'direct' });
    expect(await status(bob, body([direct]))).toBe(201);
    const organization = { url: hooks.receiver.url(path), organization: true };
    expect(await status(ada, organization)).toBe(404);
    const user = person('dan', { organizationId: newId(), organizationRole: 'user' });
    expect(await status(user, organization)).toBe(403);
    expect(await status(ada, { url: hooks.receiver.url(path) })).toBe(422);
    expect(await status(ada, { ...organization, rooms: [roomId] })).toBe(422);
  });

  it('are hidden from everybody but their owner', async () => {
    const { hook, secret } = await hooks.create(ada, path, { rooms: [roomId] });
    const requests: [string, string, unknown?][] = [
      ['GET', ''],
      ['PATCH', '', { description: 'mine' }],
      ['POST', '/secret'],
      ['POST', '/resume'],
      ['GET', '/lag'],
      ['GET', '/deliveries'],
      ['POST', '/test'],
      ['DELETE', ''],
    ];
    for (const [method, rest, body] of requests) {
      const { status, body: problem } = await hooks.call(bob, method, `/${hook.id}${rest}`, body);
      expect([method, rest, status, problem.code]).toEqual([method, rest, 404, 'hook_not_found']);
    }
    expect((await hooks.call(bob, 'GET', '')).body).toEqual({ hooks: [] });
    const own = await hooks.call(ada, 'GET', '');
    expect(own.body).toEqual({ hooks: [hook] });
    expect(JSON.stringify(own.body)).not.toContain(secret);
  });

  it('are limited per user, also when created at once', async () => {
    const creating = Array.from({ length: 6 }, () =>
      hooks.call(ada, 'POST', '', { url: hooks.receiver.url(path), rooms: [roomId] }),
    );
    const statuses = (await Promise.all(creating)).map(({ status }) => status);
    expect(statuses.sort()).toEqual([201, 201, 201, 409, 409, 409]);
  });

  it('a rotation signs with both secrets until the old one expires', async () => {
    const { hook, secret: old } = await hooks.create(ada, path, { rooms: [roomId] });
    const { secret } = await hooks.must(ada, 'POST', `/${hook.id}/secret`, { expireOldInSeconds: 60 });
    expect((await hooks.hook(ada, hook.id)).secrets).toBe(2);
    expect(await hooks.must(ada, 'POST', `/${hook.id}/test`)).toMatchObject({ ok: true, status: 200 });
    const [both] = hooks.receiver.at(path);
    for (const each of [old, secret]) new Webhook(each).verify(both?.body ?? '', both?.headers ?? {});
    hooks.pass(61_000);
    await hooks.must(ada, 'POST', `/${hook.id}/test`);
    const [, one] = hooks.receiver.at(path);
    new Webhook(secret).verify(one?.body ?? '', one?.headers ?? {});
    expect(() => new Webhook(old).verify(one?.body ?? '', one?.headers ?? {})).toThrow();
    expect((await hooks.hook(ada, hook.id)).secrets).toBe(1);
  });

  it('a pause misses nothing; new cursors deliver again under new ids', async () => {
    const { hook } = await hooks.create(ada, path, { rooms: [roomId] });
    await hooks.world.write(roomId, bob, 'one');
    await eventually(() => expect(contents()).toEqual(['one']));
    expect(await hooks.must(ada, 'PATCH', `/${hook.id}`, { paused: true })).toMatchObject({
      state: 'paused',
    });
    await hooks.world.write(roomId, bob, 'two');
    await hooks.must(ada, 'POST', `/${hook.id}/resume`);
    await eventually(() => expect(contents()).toEqual(['one', 'two']));
    await hooks.must(ada, 'POST', `/${hook.id}/resume`, { from: [{ roomId, seq: 0 }] });
    await eventually(() => expect(contents()).toEqual(['one', 'two', 'one', 'two']));
    const other = await hooks.call(ada, 'POST', `/${hook.id}/resume`, {
      from: [{ roomId: newId(), seq: 0 }],
    });
    expect(other).toMatchObject({ status: 404, body: { code: 'room_not_found' } });
  });

  it('show their last 100 attempts, without bodies', async () => {
    const { hook } = await hooks.create(ada, path, { rooms: [roomId] });
    await hooks.world.write(roomId, bob, 'a secret text');
    await eventually(async () => {
      const { deliveries } = await hooks.must(ada, 'GET', `/${hook.id}/deliveries`);
      expect(deliveries).toMatchObject([{ roomId, changes: 1, attempt: 1, status: 200, problem: null }]);
      expect(JSON.stringify(deliveries)).not.toContain('secret');
    });
    await queryOnce(
      hooks.databaseUrl,
      `insert into hooks.hook_deliveries (hook_id, room_id, webhook_id, changes, attempt, duration_ms, at)
       select '${hook.id}', '${roomId}', 'x', 1, 1, 1, now() from generate_series(1, 150) returning 1`,
    );
    await hooks.world.write(roomId, bob, 'another');
    await eventually(async () => {
      const [{ count }] = (await queryOnce(
        hooks.databaseUrl,
        `select count(*)::int as count from hooks.hook_deliveries where hook_id = '${hook.id}'`,
      )) as [{ count: number }];
      expect(count).toBe(100);
    });
  });

  it('other rooms begin now; a room that is removed is delivered no more', async () => {
    const second = hooks.world.room([ada, bob]);
    const { hook } = await hooks.create(ada, path, { rooms: [roomId] });
    await hooks.world.write(second, bob, 'too early');
    expect(await hooks.must(ada, 'PATCH', `/${hook.id}`, { rooms: [second] })).toMatchObject({
      rooms: [second],
    });
    await hooks.world.write(roomId, bob, 'too late');
    await hooks.world.write(second, bob, 'in time');
    await eventually(() => expect(contents()).toEqual(['in time']));
  });

  it('deliver although every event got lost', async () => {
    await hooks.create(ada, path, { rooms: [roomId] });
    hooks.world.announces = false;
    await hooks.world.writeMany(roomId, bob, 3);
    await eventually(() => expect(contents()).toEqual(['number 1', 'number 2', 'number 3']));
  });

  it.each([true, false])(
    'of an organization cover rooms that are joined later (announced: %s)',
    async (announced) => {
      const organizationId = newId();
      const admin = hooks.world.known(person('grace', { organizationId, organizationRole: 'admin' }));
      const first = hooks.world.room([admin, bob], { organizationId });
      const foreign = hooks.world.room([admin, bob]);
      const later = hooks.world.room([bob], { organizationId });
      const { hook } = await hooks.create(admin, path, { organization: true });
      expect(hook).toMatchObject({ rooms: null, organizationId });
      await hooks.world.write(first, bob, 'first');
      await hooks.world.write(foreign, bob, 'foreign');
      await eventually(() => expect(contents()).toEqual(['first']));
      hooks.world.announces = announced;
      await hooks.world.join(later, admin);
      await hooks.world.write(later, bob, 'later');
      await eventually(() => expect(contents()).toEqual(['first', 'joined', 'later']));
      hooks.world.known({ ...admin, organizationRole: 'user' });
      await hooks.world.publish('user.organization_changed', {
        userId: admin.userId,
        organizationId,
        organizationRole: 'user',
      });
      await eventually(async () =>
        expect(await hooks.hook(admin, hook.id)).toMatchObject({
          state: 'ended',
          stateReason: 'not_authorized',
        }),
      );
    },
  );

  it('are deleted with their owner', async () => {
    const { hook } = await hooks.create(ada, path, { rooms: [roomId] });
    hooks.world.people.delete(ada.userId);
    await hooks.world.publish('user.erased', { userId: ada.userId });
    await eventually(async () => expect((await hooks.call(ada, 'GET', `/${hook.id}`)).status).toBe(404));
  });

  it('several replicas share the work, and none delivers a room that another one does', async () => {
    const replicas = [await hooks.addReplica(), await hooks.addReplica()];
    const rooms = Array.from({ length: 3 }, () => hooks.world.room([ada, bob]));
    hooks.receiver.behaviours.set(path, () => ({ answer: 200, afterMs: 15 }));
    hooks.receiver.maxAtOnce = 0;
    await hooks.create(ada, path, { rooms });
    for (let round = 0; round < 40; round++)
      for (const room of rooms) await hooks.world.write(room, bob, `${round}`);
    const expected = Array.from({ length: 40 }, (_, round) => `${round}`);
    for (const room of rooms)
      await eventually(() => {
        const own = hooks.receiver.at(path).filter(({ payload }) => payload.data.roomId === room);
        expect(
          own.flatMap(({ payload }) =>
            payload.data.changes.map((change) => (change.kind === 'message' ? change.message.content : '')),
          ),
        ).toEqual(expected);
      });
    expect(hooks.receiver.maxAtOnce).toBe(1);
    await Promise.all(replicas.map((replica) => replica.stop()));
  });
});
