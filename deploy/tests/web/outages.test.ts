import { eventually, startTcpProxy } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { whereBrowsersRun } from '../browser/where-browsers-run.ts';
import { killReplica, signal, untilReplaced } from '../promises/kill.ts';
import { ChatUser, type Json, wholeHistory } from '../whole-stack/chat-user.ts';
import { borrowStackTarget, type StackTarget } from '../whole-stack/start-targets.ts';
import { choose, contents, field, heading, row, write } from './tab.ts';
import { createVisitors, outage, Visitor, type VisitorOptions } from './visitor.ts';

await whereBrowsersRun('the web client while a gateway or the network is away', (browser) => {
  let target: StackTarget;
  let ada: ChatUser;
  let bob: ChatUser;
  let room: Json;
  beforeAll(async () => {
    target = await borrowStackTarget();
    ada = await ChatUser.register(target.url, 'ada');
    bob = await ChatUser.register(target.url, 'bob');
  });
  afterAll(() => target?.stop());
  const { enter } = createVisitors(browser, () => target);
  const createRoom = async () => {
    room = await ada.must('POST', '/api/v1/rooms', { name: 'the garden', members: [bob.userId] });
  };
  const open = async (user: ChatUser, options: VisitorOptions = {}) => {
    const viewport = { width: 1280, height: 900 };
    const entered = await enter(user, `/rooms/${room.id}`, { viewport, ...options });
    await field(entered.tab).waitFor();
    return entered;
  };
  const say = (user: ChatUser, content: string): Promise<Json> =>
    user.must('POST', `/api/v1/rooms/${room.id}/messages`, { content });

  test('two users on two gateways chat while one is killed and one drained: each message once', async () => {
    await createRoom();
    // They leave the second gateway first, so that its other clients stay for a while.
    for (let count = 0; count < 2; count++) await bob.connect(target.gateways[1] ?? '');
    const both = await Promise.all([open(ada), open(bob)]);
    for (const { visitor } of both) visitor.forgive(outage);
    const written: string[] = [];
    const everybodyWrites = async (when: string) => {
      for (const [who, { tab }] of both.entries()) {
        const text = `${when}, user ${who}`;
        written.push(text);
        await write(tab, text);
      }
    };
    const stored = async () => (await wholeHistory(ada, room.id)).map(({ content }) => content);
    const allAreStored = () =>
      eventually(async () => expect((await stored()).toSorted()).toEqual(written.toSorted()));
    const areApart = () =>
      eventually(async () => {
        const [one, other] = both.map(({ visitor }) => visitor.gateways.at(-1));
        if (one !== other) return;
        const [, { visitor, tab }] = both;
        const connections = visitor.gateways.length;
        await tab.reload();
        await eventually(() => expect(visitor.gateways.length).toBeGreaterThan(connections));
        throw new Error('both are on the same gateway');
      });
    const { gateway: before = [] } = await target.pids();
    await areApart();
    await everybodyWrites('before');
    await killReplica(target, 'gateway', 0);
    await everybodyWrites('while one gateway is away');
    await untilReplaced(target, 'gateway', before[0]);
    await allAreStored();
    await areApart();
    await everybodyWrites('while both gateways are there');
    signal(before.slice(1), 'SIGTERM');
    const banners = () =>
      Promise.all(
        both.map(({ tab }) => tab.getByRole('status').getByText('Parley is being updated.').count()),
      );
    await eventually(async () => expect((await banners()).toSorted()).toEqual([0, 1]));
    await everybodyWrites('while the other one drains');
    await untilReplaced(target, 'gateway', before[1]);
    await eventually(async () => expect(await banners()).toEqual([0, 0]));
    await everybodyWrites('afterwards');
    await allAreStored();
    await eventually(async () => {
      const history = await stored();
      for (const { tab } of both) {
        expect(await contents(tab)).toEqual(history);
        expect(await tab.locator('.state').count()).toBe(0);
      }
    });
    bob.close();
  });

  test('what is written offline goes out once, what was missed appears, and a banner says so', async () => {
    await createRoom();
    const cellar = await ada.must('POST', '/api/v1/rooms', { name: 'the cellar', members: [bob.userId] });
    await bob.must('POST', `/api/v1/rooms/${cellar.id}/messages`, { content: 'from below' });
    const proxy = await startTcpProxy(target.url);
    try {
      const { visitor, tab } = await open(ada, { url: proxy.url });
      visitor.forgive(outage);
      await write(tab, 'before');
      await row(tab, 'before').waitFor();
      const banner = tab.locator('.connection-banner');
      const miss = async (text: string) => {
        await write(tab, `written, ${text}`);
        await row(tab, `written, ${text}`).getByText('Sending').waitFor();
        await say(bob, `said, ${text}`);
      };
      const arrivesOnce = async (text: string) => {
        await row(tab, `said, ${text}`).waitFor();
        await banner.waitFor({ state: 'detached' });
        await eventually(async () => {
          const history = (await wholeHistory(bob, room.id)).map(({ content }) => content);
          expect(history.slice(-2)).toEqual([`said, ${text}`, `written, ${text}`]);
          expect(await contents(tab)).toEqual(history);
          expect(await tab.locator('.state').count()).toBe(0);
        });
      };
      proxy.block();
      await banner.getByText('Connection lost. Trying again in').waitFor();
      await miss('the server was away');
      await banner.getByRole('button', { name: 'Try now' }).click();
      proxy.unblock();
      await arrivesOnce('the server was away');

      // The browser knows at once, and the connection would notice much later.
      await visitor.context.setOffline(true);
      await banner.getByText('You are offline.').first().waitFor({ timeout: 2_000 });
      await miss('the network was away');
      expect(await Visitor.faultsOfThemes(tab)).toEqual([]);
      // A room that the list knows, and that nobody has opened here yet.
      await tab.getByRole('link', { name: 'the cellar' }).click();
      await heading(tab, 'the cellar').waitFor();
      await tab.getByRole('heading', { name: 'This will load when you are connected.' }).waitFor();
      await write(tab, 'from above');
      expect(await tab.getByRole('main').getByRole('alert').count()).toBe(0);
      expect(await Visitor.faults(tab)).toEqual([]);
      // A page whose files have not been loaded yet.
      await choose(tab, 'New', 'Browse rooms');
      await tab.getByRole('heading', { name: 'This will load when you are connected.' }).waitFor();
      await visitor.context.setOffline(false);
      await tab.getByLabel('Search rooms').waitFor();
      await tab.goBack();
      await row(tab, 'from below').waitFor();
      await row(tab, 'from above').locator('.state').waitFor({ state: 'detached' });
      await tab.goBack();
      await arrivesOnce('the network was away');
    } finally {
      proxy.close();
    }
  });
});
