import { expect, test } from 'vitest';
import type { Json } from '../whole-stack/chat-user.ts';
import { nobody } from './cast.ts';
import type { DirectCast } from './direct-cast.ts';

/** `GET /api/messages/:userId` of `direct.md`. */
export function directHistory({ ask, must, register, history }: DirectCast): void {
  test('GET /api/messages/:userId answers the history, paged with before and limit', async () => {
    const [ada, bob] = [await register('ada'), await register('bob')];
    expect(await history(ada, bob.id)).toEqual([]);
    const room = await must(ada, 'POST', '/api/v1/rooms', { kind: 'direct', userId: bob.id });
    for (const number of [1, 2, 3, 4, 5])
      await must(number % 2 ? ada : bob, 'POST', `/api/v1/rooms/${room.id}/messages`, {
        content: `${number}`,
      });

    const all = await history(ada, bob.id);
    expect(all.map(({ content }: Json) => content)).toEqual(['1', '2', '3', '4', '5']);
    expect(all[1]).toMatchObject({ sender_id: bob.id, receiver_id: ada.id });
    expect(await history(bob, ada.id)).toEqual(all);
    expect(await history(ada, bob.id, '?limit=2')).toEqual(all.slice(3));
    for (const before of [all[3].id, all[3].seq, all[3].created_at]) {
      expect(await history(ada, bob.id, `?limit=2&before=${before}`)).toEqual(all.slice(1, 3));
    }
    expect(await history(ada, bob.id, `?before=${all[0].id}`)).toEqual([]);
    await ask('DELETE', `/api/v1/rooms/${room.id}/messages/${all[4].id}`, undefined, ada.token);
    expect(await history(ada, bob.id, '?limit=2')).toEqual(all.slice(2, 4));
  });

  test('GET /api/messages/:userId: paging by any cursor returns all 50 messages', async () => {
    const [ada, bob] = [await register('ada'), await register('bob')];
    const opened = await ask('POST', '/api/v1/rooms', { kind: 'direct', userId: bob.id }, ada.token);
    const path = `/api/v1/rooms/${opened.body.id}/messages`;
    const send = (content: string) => ask('POST', path, { content }, ada.token);
    await Promise.all(Array.from({ length: 50 }, (_, index) => send(`${index}`)));
    const all = await history(ada, bob.id);
    expect(all).toHaveLength(50);
    expect(new Set(all.map(({ created_at }: Json) => created_at)).size).toBe(50);
    for (const cursor of ['created_at', 'id', 'seq']) {
      const walked: Json[] = [];
      for (let page = await history(ada, bob.id, '?limit=10'); page.length > 0; ) {
        expect([cursor, page.length]).toEqual([cursor, 10]);
        walked.unshift(...page);
        page = await history(ada, bob.id, `?limit=10&before=${page[0][cursor]}`);
      }
      expect(walked).toEqual(all);
    }
    const skipped: Json[] = [];
    for (let offset = 0; offset < 50; offset += 10)
      skipped.unshift(...(await history(ada, bob.id, `?limit=10&offset=${offset}`)));
    expect(skipped).toEqual(all);
    expect(await history(ada, bob.id, '?limit=10&offset=45')).toEqual(all.slice(0, 5));
  });

  test('GET /api/messages/:userId shows a conversation to its people only, and creates none', async () => {
    const [ada, bob, eve] = [await register('ada'), await register('bob'), await register('eve')];
    const room = await ask('POST', '/api/v1/rooms', { kind: 'direct', userId: bob.id }, ada.token);
    await ask('POST', `/api/v1/rooms/${room.body.id}/messages`, { content: 'between us' }, ada.token);
    expect(await history(eve, bob.id)).toEqual([]);
    const rooms = await ask('GET', '/api/v1/rooms?mine=true', undefined, eve.token);
    expect(rooms.body.rooms).toEqual([]);
    expect(await history(eve, nobody)).toEqual([404, 'user_not_found']);
    expect(await history(eve, eve.id)).toEqual([400, 'self_reference']);
    expect(await history(ada, bob.id, `?before=${nobody}`)).toEqual([404, 'message_not_found']);
    for (const query of ['?before=yesterday', '?before=0', '?limit=0', '?limit=100000']) {
      expect([query, await history(ada, bob.id, query)]).toEqual([query, [400, 'validation_failed']]);
    }
    expect(await history({ ...ada, token: 'nonsense' }, bob.id)).toEqual([401, 'unauthenticated']);
  });
}
