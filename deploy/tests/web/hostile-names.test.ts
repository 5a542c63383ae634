import { randomUUID } from 'node:crypto';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { whereBrowsersRun } from '../browser/where-browsers-run.ts';
import { ChatUser, type Json } from '../whole-stack/chat-user.ts';
import { borrowEmbeddedTarget } from '../whole-stack/start-targets.ts';
import type { Target } from '../whole-stack/target.ts';
import { heading, row, type Tab } from './tab.ts';
import { createVisitors } from './visitor.ts';

/** It becomes an element if a text that contains it becomes HTML, and opens a dialog. */
const payload = '"><img src=x onerror=alert(1)>';

await whereBrowsersRun('hostile names in the web client', (browser) => {
  let target: Target;
  beforeAll(async () => {
    target = await borrowEmbeddedTarget();
  });
  afterAll(() => target?.stop());
  const { enter } = createVisitors(browser, () => target);

  test('every text of others is shown as text, wherever it appears', async () => {
    const [ada, founder] = await Promise.all([
      ChatUser.register(target.url, 'ada'),
      ChatUser.register(target.url, 'mallory'),
    ]);
    const name = `${payload} ${randomUUID().slice(0, 8)}`;
    await founder.must('POST', '/api/v1/organizations', { name });
    // Her first token does not name the organization.
    const mallory = await founder.login(target.url);
    const post = (path: string, body: object): Promise<Json> => mallory.must('POST', `/api/v1/${path}`, body);
    await mallory.must('PATCH', '/api/v1/users/me', {
      name: payload,
      jobTitle: payload,
      description: payload,
    });
    await ada.must('PATCH', '/api/v1/users/me', { backgroundImage: 'javascript:alert(1)' });
    const { token: invite } = await post('organizations/mine/invites', { role: 'user' });
    await ada.must('POST', '/api/v1/organizations/join', { invite });
    const group = await eventually(() =>
      post('rooms', { kind: 'group', name: payload, description: payload, members: [ada.userId] }),
    );
    const direct = await post('rooms', { kind: 'direct', userId: ada.userId });
    const original = await post(`rooms/${group.id}/messages`, { content: `${payload} @${ada.username}` });
    await post(`rooms/${group.id}/messages`, { content: `zanzibar ${payload}`, replyTo: original.id });
    await post(`rooms/${direct.id}/messages`, { content: payload });
    await post('friend-requests', { userId: ada.userId });

    const { visitor, tab } = await enter(ada, `/rooms/${group.id}`);
    visitor.forgive(/ a status of 404 .* at \/api\/v1\/rooms\/invites\//);
    const shows = async (...places: string[]) => {
      for (const place of places) await tab.locator(place).filter({ hasText: payload }).first().waitFor();
      expect(await tab.locator('img[src="x"], [onerror]').count()).toBe(0);
    };
    await heading(tab, payload).waitFor();
    await row(tab, 'zanzibar').waitFor();
    await shows(
      ...['.message .content', '.message .author', '.quote-name', '.quote-text'],
      ...['.members-about', '.member-name', '.room-name', '.sidebar-me'],
    );
    expect(await tab.evaluate('document.documentElement.style.getPropertyValue("--picture")')).toBe('');
    await tab.keyboard.press('Control+k');
    await tab.getByRole('combobox').fill('<img');
    await shows('[role="option"]');
    await tab.getByRole('combobox').fill(`${payload} nobody`);
    await shows('.empty-state');
    await tab.keyboard.press('Escape');
    const visit = async (path: string, ...places: string[]) => {
      await tab.goto(target.url + path);
      await shows(...places);
    };
    await visit('/people', 'main');
    await visit('/search?q=zanzibar', '.search-hit-text', '.search-hit');
    await visit(`/search?q=${encodeURIComponent(`${payload} nobody`)}`, '.empty-state');
    await visit('/settings/organization', 'main strong', 'main .browse-text');
    await visit(`/invite/${encodeURIComponent(payload)}`, '.sidebar-me');
    await visit('/inbox', '.inbox-text strong', '.inbox-content');
    await emptyInbox(tab);
  });
});

/** Also proves that the focus moves on when its control disappears. */
async function emptyInbox(tab: Tab): Promise<void> {
  const removal = tab.getByRole('button', { name: 'Remove notification' });
  await removal.first().focus();
  for (let left = await removal.count(); left > 0; left--) {
    await tab.locator('.inbox-item button:focus').press('Enter');
    await removal.nth(left - 1).waitFor({ state: 'detached' });
  }
  await tab.locator('main:focus').waitFor();
}
