import { eventually } from '@parley/testkit';
import { expect, test } from 'vitest';
import type { Json } from '../whole-stack/chat-user.ts';
import type { Person } from './cast.ts';
import type { ConversationsCast } from './conversations-cast.ts';

/** Rule 11 of the contracts: lists are complete, or say what is missing. */
export function conversationsLists({ target, must, refusal, register, group, say }: ConversationsCast): void {
  test('every list is complete, or has X-Has-More and a Link rel="next" to the rest', async () => {
    const [ada, bob] = [await register('ada'), await register('bob')];
    const groups: string[] = [];
    for (let number = 0; number < 5; number++) groups.unshift(await group(ada, bob));
    const [club = ''] = groups;
    for (let number = 0; number < 5; number++) await say(ada, club, `${number}`);
    await eventually(async () => expect(await must(bob, 'GET', '/notifications')).toHaveLength(6));
    const walk = async (person: Person, path: string): Promise<Json[]> => {
      const found: Json[] = [];
      for (let url: string | undefined = target().url + path; url; ) {
        const answer: Response = await fetch(url, { headers: { authorization: `Bearer ${person.token}` } });
        expect([url, answer.status]).toEqual([url, 200]);
        found.push((await answer.json()) as Json);
        const next = /^<([^>]+)>; rel="next"$/.exec(answer.headers.get('link') ?? '')?.[1];
        expect(answer.headers.get('x-has-more')).toBe(next ? 'true' : null);
        url = next && new URL(next, answer.url).href;
      }
      return found;
    };
    const ids = (pages: Json[], id: string) => pages.flat().map((one) => one[id]);
    const all = async (path: string, id: string) => ids([await must(bob, 'GET', path)], id);
    expect(await all('/conversations', 'conversation_id')).toEqual(groups);
    for (const query of ['limit=2', 'limit=2&page=1']) {
      const pages = await walk(bob, `/conversations?${query}`);
      expect([pages.length, ids(pages, 'conversation_id')]).toEqual([3, groups]);
    }
    for (const path of ['/notifications', '/notifications/unread']) {
      const pages = await walk(bob, `${path}?limit=4`);
      expect([pages.length, ids(pages, 'notification_id')]).toEqual([2, await all(path, 'notification_id')]);
    }
    const everybody = await all('/users', 'user_id');
    expect(everybody).toEqual(expect.arrayContaining([ada.id, bob.id]));
    expect(ids(await walk(bob, '/users?limit=7'), 'user_id')).toEqual(
      expect.arrayContaining([ada.id, bob.id]),
    );
    const messages = await walk(bob, `/messages/conversation/${club}?limit=2`);
    expect(ids(messages.reverse(), 'content')).toEqual(['0', '1', '2', '3', '4']);
    expect((await must(bob, 'GET', `/conversations/${club}`)).messages).toHaveLength(5);
    for (const path of ['/users', '/conversations', '/notifications', `/messages/conversation/${club}`]) {
      expect([path, ...(await refusal(bob, 'GET', `${path}?limit=1001`))]).toEqual([
        path,
        400,
        'validation_failed',
      ]);
    }
  });
}
