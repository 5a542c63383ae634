import { EventEmitter, once } from 'node:events';
import { eventually, startSlowdown } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ParleyTimeline } from '../../bench/stores/parley-timeline.ts';
import { whereBrowsersRun } from '../browser/where-browsers-run.ts';
import { ChatUser, type Json } from '../whole-stack/chat-user.ts';
import { borrowStackTarget, type StackTarget } from '../whole-stack/start-targets.ts';
import { startChatter } from './chatter.ts';
import { longestTasks } from './main-thread.ts';
import { contents, field, rows, type Tab } from './tab.ts';
import { createVisitors } from './visitor.ts';

const maxRows = 200;
const maxTaskMs = 50;
const maxDelayMs = 50;

await whereBrowsersRun('the speed of a conversation in the web client', (browser) => {
  let target: StackTarget;
  let ada: ChatUser;
  let bob: ChatUser;
  let longRoom: Json;
  beforeAll(async () => {
    target = await borrowStackTarget();
    ada = await ChatUser.register(target.url, 'ada');
    bob = await ChatUser.register(target.url, 'bob');
    longRoom = await createRoom();
    const timeline = new ParleyTimeline(target.servers.postgres);
    await timeline.fill(longRoom.id, bob.userId, 100_000).finally(() => timeline.close());
  });
  afterAll(() => target?.stop());
  const { enter } = createVisitors(browser, () => target);
  const createRoom = (): Promise<Json> =>
    ada.must('POST', '/api/v1/rooms', { name: 'a long room', members: [bob.userId] });
  const open = async ({ id }: Json, at?: number) => {
    const { tab } = await enter(ada, `/rooms/${id}${at === undefined ? '' : `?at=${at}`}`);
    await field(tab).waitFor();
    // The members' joins have the first numbers.
    const isNear = ({ text }: { text: string }) => Math.abs(numberIn(text) - (at ?? 0)) < 10;
    if (at !== undefined) await eventually(async () => expect((await inSight(tab)).some(isNear)).toBe(true));
    return tab;
  };
  const inSight = (tab: Tab) => tab.evaluate(visibleRows);

  test('a room of 100,000 messages opens anywhere and scrolls without long tasks or jumps', async () => {
    const tab = await open(longRoom, 50_000);
    const numbers = async () => (await inSight(tab)).map(({ text }) => numberIn(text));
    let mostRows = 0;
    const scroll = async (deltaY: number, frames: number) => {
      mostRows = Math.max(mostRows, await tab.evaluate(scrollFrames, { deltaY, frames }));
      return numbers();
    };
    const slowdown = startSlowdown();
    const tasks = await longestTasks(browser(), tab, async () => {
      // On a busy machine, pages of messages arrive later than the frames that need them.
      await eventually(async () => expect(Math.min(...(await scroll(-400, 150)))).toBeLessThan(50_000 - 300));
      await eventually(async () =>
        expect(Math.max(...(await scroll(400, 300)))).toBeGreaterThan(50_000 + 300),
      );
    });
    // Rows are consecutive: none is missing, and none appears twice.
    const shown = await numbers();
    expect(shown.length).toBeGreaterThan(5);
    // Messages that are far away are forgotten.
    expect(Math.max(...(await inSight(tab)).map(({ index }) => index))).toBeLessThan(1_100);
    expect(shown).toEqual(shown.map((_, index) => (shown[0] ?? 0) + index));
    expect(mostRows).toBeGreaterThan(10);
    expect(mostRows).toBeLessThanOrEqual(maxRows);
    expect(tasks.length).toBeGreaterThan(100);
    // Programs that share a processor also make each other's computations longer.
    expect((tasks[0] ?? 0) / slowdown()).toBeLessThanOrEqual(maxTaskMs);
  });

  test('earlier messages appear without moving those in sight', async () => {
    const tab = await open(longRoom, 70_000);
    // Holds the page back until the rows have been looked at.
    const gate = new EventEmitter();
    const held = once(gate, 'open');
    let isRequested = false;
    await tab.route(/before_seq=/, async (route) => {
      isRequested = true;
      await held;
      await route.continue();
    });
    await eventually(async () => {
      // At once, unlike a wheel, which may still be moving when the rows are looked at.
      if (!isRequested) await tab.evaluate(scrollFrames, { deltaY: -200, frames: 1 });
      expect(isRequested).toBe(true);
    });
    let before = await inSight(tab);
    // Rows may still be measured.
    await eventually(async () => {
      const last = before;
      before = await inSight(tab);
      expect(before).toEqual(last);
    });
    gate.emit('open');
    await eventually(async () => {
      expect((await inSight(tab))[0]?.index).toBeGreaterThan((before[0]?.index ?? 0) + 20);
    });
    const place = ({ text, top }: { text: string; top: number }) => ({ text, top: Math.round(top) });
    expect((await inSight(tab)).map(place)).toEqual(before.map(place));
  });

  test('with 100 messages a second arriving, typing responds within 50 ms', async () => {
    const room = await createRoom();
    const tab = await open(room);
    const load = startChatter(await bob.connect(target.url), room.id, 100);
    try {
      await eventually(() => expect(load.sent.length).toBeGreaterThan(100));
      await tab.evaluate(watchInput);
      const text = 'typing while many messages arrive '.repeat(4);
      const latest = async () => Math.max(...(await contents(tab)).map(numberIn));
      const before = load.sent.length;
      const latestBefore = await latest();
      const startedAt = performance.now();
      const slowdown = startSlowdown();
      await field(tab).pressSequentially(text, { delay: 30, timeout: 200_000 });
      const during = load.sent.length - before;
      const arrived = (await latest()) - latestBefore;
      const seconds = (performance.now() - startedAt) / 1_000;
      const delays: number[] = await tab.evaluate(() => (globalThis as Json).inputDelays);
      expect(await field(tab).inputValue()).toBe(text);
      expect(delays.length).toBe(text.length);
      const p95 = delays.toSorted((a, b) => a - b)[Math.floor(delays.length * 0.95)] ?? 0;
      const slower = slowdown();
      expect(p95 / slower).toBeLessThanOrEqual(maxDelayMs);
      expect((during / seconds) * slower).toBeGreaterThan(90);
      // On a busy machine, the last ones are still on their way.
      expect((arrived / seconds) * slower).toBeGreaterThan(80);
      expect(during).toBeGreaterThan(200);
      expect(await rows(tab).count()).toBeLessThanOrEqual(maxRows);
    } finally {
      await load.stop();
      bob.close();
    }
    const last = load.sent.reduce((one, other) => (one.seq > other.seq ? one : other));
    await eventually(async () => expect((await contents(tab)).at(-1)).toBe(last.content));
  });
});

/**
 * Runs in the page: scrolls by that many pixels in each of so many frames, like a wheel. Returns
 * the largest number of rows that were in the document.
 */
const scrollFrames = async ({ deltaY, frames }: { deltaY: number; frames: number }): Promise<number> => {
  const { document, requestAnimationFrame } = globalThis as Json;
  const scroller = document.querySelector('.timeline-scroller');
  let mostRows = 0;
  for (let frame = 0; frame < frames; frame++) {
    scroller.scrollBy(0, deltaY);
    await new Promise((resolve) => requestAnimationFrame(resolve));
    mostRows = Math.max(mostRows, document.querySelectorAll('.timeline-row').length);
  }
  return mostRows;
};

/** Runs in the page: records how long each key waits for its handler. */
const watchInput = () => {
  const page = globalThis as Json;
  page.inputDelays = [];
  page.document.addEventListener(
    'keydown',
    (event: Json) => page.inputDelays.push(performance.now() - event.timeStamp),
    { capture: true },
  );
};

/** Runs in the page: the rows that are visible, from top to bottom. */
const visibleRows = (): { text: string; top: number; index: number }[] => {
  const { document } = globalThis as Json;
  const { top = 0, bottom = 0 } = document.querySelector('.timeline-scroller')?.getBoundingClientRect() ?? {};
  return [...document.querySelectorAll('.timeline-row')]
    .map((row: Json) => ({
      text: row.innerText,
      top: row.getBoundingClientRect().top,
      index: Number(row.dataset.index),
    }))
    .filter((row) => row.top >= top && row.top < bottom);
};

const numberIn = (text: string) => Number(/message (\d+)/.exec(text)?.[1]);
