import type { Message } from '@parley/contracts';
import { newId } from '@parley/runtime';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Hooks, startHooks } from './hooks-harness.ts';
import { playWriter } from './play-writer.ts';
import { type Person, person } from './world.ts';

let hooks: Hooks;
let writer: { written: Message[] };
beforeAll(async () => {
  hooks = await startHooks({ INCOMING_RATE: '20/m' });
  writer = await playWriter(hooks);
});
afterAll(() => hooks?.stop());

let ada: Person;
let bob: Person;
let roomId: string;
let path: string;
let paths = 0;
beforeEach(() => {
  writer.written = [];
  path = `/${++paths}`;
  [ada, bob] = [hooks.world.known(person('ada')), hooks.world.known(person('bob'))];
  roomId = hooks.world.room([ada, bob]);
});

describe('incoming webhooks', () => {
  const create = async (body: object = {}): Promise<{ token: string; hook: { id: string } }> =>
    hooks.must(ada, 'POST', '/incoming', { roomId, name: 'Weather', ...body });

  it('write to their room for their owner, under their name', async () => {
    const { token, hook } = await create();
    expect((await hooks.post(token, { text: 'Rain.' })).status).toBe(200);
    await hooks.post(token, { text: 'Sun.', username: 'Sunny', threadOf: writer.written[0]?.id });
    expect(writer.written).toMatchObject([
      { roomId, userId: ada.userId, username: 'Weather (ada)', content: 'Rain.', replyTo: null },
      { username: 'Sunny (ada)', content: 'Sun.', replyTo: writer.written[0]?.id },
    ]);
    expect(JSON.stringify(await hooks.must(ada, 'GET', '/incoming'))).not.toContain(token);
    expect((await hooks.call(bob, 'DELETE', `/incoming/${hook.id}`)).status).toBe(404);
    await hooks.must(ada, 'DELETE', `/incoming/${hook.id}`);
    expect(await hooks.post(token, { text: 'Snow.' })).toMatchObject({
      status: 404,
      body: { code: 'hook_not_found' },
    });
  });

  it('need an owner or admin of the room, and a text', async () => {
    const asked = (who: Person) => hooks.call(who, 'POST', '/incoming', { roomId, name: 'x' });
    expect((await asked(bob)).status).toBe(403);
    expect((await asked(person('carol'))).status).toBe(404);
    const { token } = await create();
    for (const body of [{}, { text: ' ' }, { attachments: [{}] }, { text: 'x'.repeat(10_001) }])
      expect((await hooks.post(token, body)).status).toBe(422);
    expect(writer.written).toEqual([]);
  });

  it('a repeated Idempotency-Key writes once, for each webhook', async () => {
    const [{ token }, { token: other }] = [await create(), await create()];
    const key = { 'idempotency-key': 'build 7' };
    const first = await hooks.post(token, { text: 'Failed.' }, key);
    expect((await hooks.post(token, { text: 'Failed.' }, key)).body).toEqual(first.body);
    expect((await hooks.post(token, { text: 'Passed.' }, key)).body).toMatchObject({ code: 'conflict' });
    await hooks.post(other, { text: 'Failed.' }, key);
    expect(writer.written).toHaveLength(2);
    expect((await hooks.post(token, { text: 'x' }, { 'idempotency-key': 'x'.repeat(256) })).status).toBe(422);
  });

  it('accept the shape and the markup of Slack', async () => {
    const { token } = await create({ format: 'slack' });
    const attachments = [{ title: 'Build 7', text: '<https://ci.example/7|log>' }];
    await hooks.post(token, { text: 'a &lt; b', icon_emoji: ':rain:', channel: '#general', attachments });
    expect(writer.written[0]?.content).toBe('a < b\nBuild 7\nlog (https://ci.example/7)');
  });

  it('have a rate of their own', async () => {
    const { token } = await create();
    const statuses = new Set<number>();
    for (let number = 0; number < 21; number++) statuses.add((await hooks.post(token, { text: 'x' })).status);
    expect([...statuses]).toEqual([200, 429]);
  });

  it("trigger none of their owner's webhooks unless requested", async () => {
    await hooks.create(ada, path, { rooms: [roomId] });
    await hooks.create(ada, `${path}-all`, { rooms: [roomId], programMessages: true });
    const { token } = await create();
    await hooks.post(token, { text: 'from a program' });
    await hooks.world.write(roomId, ada, 'from a program', toEdit(writer.written[0]));
    await hooks.world.write(roomId, ada, 'from ada');
    await eventually(() => {
      expect(contents(path)).toEqual(['from ada']);
      expect(contents(`${path}-all`)).toEqual(['from a program', 'from ada']);
    });
  });

  it('bots trigger no webhooks of the same owner unless requested, and those of others', async () => {
    const organizationId = newId();
    const admin = hooks.world.known(person('admin', { organizationId, organizationRole: 'admin' }));
    const botOf = (kind: 'user' | 'organization', id: string) =>
      hooks.world.known(person('bot', { isBot: true, owner: { kind, id } }));
    const [own, shared] = [botOf('user', ada.userId), botOf('organization', organizationId)];
    const room = hooks.world.room([ada, bob, admin, own, shared], { organizationId });
    const hooksOf = (who: Person, name: string, body: Record<string, unknown>) =>
      hooks.create(who, path + name, body);
    await hooksOf(ada, '-ada', { rooms: [room] });
    await hooksOf(ada, '-all', { rooms: [room], programMessages: true });
    await hooksOf(admin, '-organization', { organization: true });
    await hooks.world.write(room, own, 'from hers');
    await hooks.world.write(room, shared, 'from theirs');
    await hooks.world.write(room, bob, 'from bob');
    await eventually(() => {
      expect(contents(`${path}-ada`)).toEqual(['from theirs', 'from bob']);
      expect(contents(`${path}-all`)).toEqual(['from hers', 'from theirs', 'from bob']);
      expect(contents(`${path}-organization`)).toEqual(['from hers', 'from bob']);
    });
  });

  it('are deleted with their owner', async () => {
    const { token } = await create();
    hooks.world.people.delete(ada.userId);
    await hooks.world.publish('user.erased', { userId: ada.userId });
    await eventually(async () => expect(await hooks.must(ada, 'GET', '/incoming')).toEqual({ hooks: [] }));
    expect((await hooks.post(token, { text: 'x' })).status).toBe(404);
  });

  const toEdit = (message: Message | undefined) => ({ ...message, seq: 1 }) as Message;
  const contents = (at: string) =>
    hooks.receiver
      .handled(at)
      .flatMap(({ changes }) =>
        changes.map((one) => (one.kind === 'message' ? one.message.content : one.kind)),
      );
});
