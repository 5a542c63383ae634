import { createClient, type SearchHit, type SearchQuestion } from '@parley/client';
import { eventually } from '@parley/testkit';
import { expect, test } from 'vitest';
import { onBothTargets } from '../contracts/on-both-targets.ts';
import { ChatUser } from '../whole-stack/chat-user.ts';

onBothTargets('the search', (target) => {
  const register = (name: string) => ChatUser.register(target().url, name);
  async function search(user: ChatUser, question: SearchQuestion): Promise<SearchHit[]> {
    const client = createClient({ url: target().url });
    await client.login({ username: user.username, password: user.password });
    const { hits, complete } = await client.api.searchMessages(question);
    expect(complete).toBe(true);
    return hits;
  }
  const contents = async (user: ChatUser, q: string) =>
    (await search(user, { q })).map(({ message }) => message.content);

  test('the SDK finds messages by words, phrases and rooms, with the places to highlight', async () => {
    const [ada, bob] = [await register('ada'), await register('bob')];
    const rooms = [];
    for (const name of ['garden', 'shed', 'pond'])
      rooms.push(await ada.must('POST', '/api/v1/rooms', { kind: 'group', name, members: [bob.userId] }));
    for (const [index, { id }] of rooms.entries())
      await (index % 2 ? bob : ada).must('POST', `/api/v1/rooms/${id}/messages`, {
        content: `Red tulips, number ${index}`,
      });
    const hits = await search(bob, { q: 'number tuli' });
    expect(hits.map(({ message }) => message.content)).toEqual(
      [2, 1, 0].map((n) => `Red tulips, number ${n}`),
    );
    expect(
      hits[0]?.ranges.map(({ start, length }) => hits[0]?.message.content.slice(start, start + length)),
    ).toEqual(['tuli', 'number']);
    expect(await search(ada, { q: '"red tulips"', roomId: [rooms[0].id, rooms[1].id] })).toHaveLength(2);
    expect(await search(ada, { q: 'tulips', roomId: [rooms[2].id], from: ada.userId })).toHaveLength(1);
    const mentions = { userIds: [bob.userId], room: false };
    await ada.must('POST', `/api/v1/rooms/${rooms[1].id}/messages`, { content: 'For you', mentions });
    expect((await search(bob, { mentions: 'me' })).map(({ message }) => message.content)).toEqual([
      'For you',
    ]);
    expect(await search(ada, { mentions: 'me' })).toEqual([]);
    expect(await search(ada, { q: 'tulips -red' })).toEqual([]);
  });

  test('nothing is found in other rooms, after leaving or a ban, of blocked users', async () => {
    const [ada, bob, eve, mallory] = await Promise.all(['ada', 'bob', 'eve', 'mallory'].map(register));
    if (!ada || !bob || !eve || !mallory) throw new Error('nobody');
    const members = [bob.userId, eve.userId];
    const { id } = await ada.must('POST', '/api/v1/rooms', { kind: 'group', name: 'secret', members });
    for (const user of [ada, bob, eve])
      await user.must('POST', `/api/v1/rooms/${id}/messages`, { content: `zanzibar ${user.username}` });
    const said = (...users: ChatUser[]) => users.map(({ username }) => `zanzibar ${username}`);
    expect(await contents(mallory, 'zanzibar')).toEqual([]);
    expect(await contents(ada, 'zanzibar')).toEqual(said(eve, bob, ada));

    // Only the one who blocks omits the other, who learns nothing.
    await ada.must('PUT', `/api/v1/blocks/${bob.userId}`);
    expect(await contents(ada, 'zanzibar')).toEqual(said(eve, ada));
    expect(await contents(bob, 'zanzibar')).toEqual(said(eve, bob, ada));

    await bob.must('POST', `/api/v1/rooms/${id}/leave`);
    expect(await contents(bob, 'zanzibar')).toEqual([]);
    await ada.must('POST', `/api/v1/rooms/${id}/bans`, { userId: eve.userId });
    expect(await contents(eve, 'zanzibar')).toEqual([]);
    expect(await eve.call('GET', `/api/v1/search/messages?q=zanzibar&roomId=${id}`)).toMatchObject({
      status: 404,
      body: { code: 'room_not_found' },
    });

    await eve.must('DELETE', '/api/v1/auth/me', { password: eve.password });
    await eventually(async () => {
      const [hit] = await search(ada, { q: 'zanzibar', from: eve.userId });
      expect(hit?.message.username).toBe('deleted user');
    });
  });

  test('rooms of an organization are searched by its members only', async () => {
    const [ada, bob] = [await register('ada'), await register('bob')];
    await ada.must('POST', '/api/v1/organizations', { name: `org ${ada.username}`, joinPolicy: 'invite' });
    const room = await (await ada.login(target().url)).must('POST', '/api/v1/rooms', { name: 'inside' });
    const member = await ada.login(target().url);
    await member.must('POST', `/api/v1/rooms/${room.id}/messages`, { content: 'xylophone' });
    expect(await contents(member, 'xylophone')).toEqual(['xylophone']);
    expect(await contents(bob, 'xylophone')).toEqual([]);
    expect(await bob.call('GET', `/api/v1/search/messages?q=xylophone&roomId=${room.id}`)).toMatchObject({
      status: 404,
    });
  });
});
