import type { AccountChange, RoomState } from '@parley/contracts';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Device, startAccounts } from './account-harness.ts';
import { type MessagesHarness, person } from './messages-harness.ts';

let messages: MessagesHarness;
beforeAll(async () => {
  ({ messages } = await startAccounts({ twoDatabases: true }));
});
afterAll(() => messages.stop());

const seed = 17;
const where = { device: fc.nat(1), room: fc.nat(2) };
const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      ...{ do: fc.constant('set' as const), ...where },
      settings: fc.oneof(
        fc.record({ level: fc.constantFrom('all', 'mentions', 'none', 'default') }),
        fc.record({ hidden: fc.boolean() }),
        fc.record({ order: fc.option(fc.integer({ min: 0, max: 9 })) }),
        fc.record({ mutedUntil: fc.option(fc.constant('9999-12-31T23:59:59.999Z')) }),
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      ...{ do: fc.constant('setOwn' as const), ...where },
      settings: fc.record({ level: fc.constantFrom('all', 'mentions', 'none') }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      ...{ do: fc.constant('write' as const), ...where, inThread: fc.boolean(), clear: fc.nat(4) },
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('mark' as const), ...where, on: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('return' as const), ...where }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('sync' as const), ...where }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;
const history = fc.array(step, { minLength: 5, maxLength: 50 });

/** A room, and a message of it. */
interface Place {
  room: RoomState;
  messageId: string;
}

/** A draft as a device knows it. */
interface KnownDraft {
  seq: number;
  content: string;
}
const none: KnownDraft = { seq: 0, content: '' };

type DraftChange = Extract<AccountChange, { kind: 'draft' | 'thread_draft' }>;
const placeOf = (change: Pick<DraftChange, 'roomId'> & { threadRoot?: string | undefined }) =>
  `${change.roomId} ${change.threadRoot ?? ''}`;

/** A device that also writes drafts, upon those that it has seen. */
class WritingDevice extends Device {
  readonly drafts = new Map<string, KnownDraft>();

  override async sync() {
    const pages = await super.sync();
    for (const change of pages.flatMap(({ changes }) => changes))
      if (change.kind === 'draft' || change.kind === 'thread_draft')
        this.drafts.set(placeOf(change), { seq: change.seq, content: change.draft?.content ?? '' });
    return pages;
  }
}

/** A user, three rooms and two devices, of which either may not have synced for long. */
class World {
  readonly ada = person('ada');
  readonly devices = [1, 200].map((limit) => new WritingDevice(messages, this.ada, limit));
  readonly #rooms: Place[] = [];
  /** Room or thread → the text that the user has entered last without being told of another one. */
  readonly #texts = new Map<string, string>();
  #entered = 0;

  async begin(): Promise<void> {
    for (let index = 0; index < 3; index++) {
      const room = await messages.room([this.ada, person('bob')]);
      this.#rooms.push({ room, messageId: (await messages.send(this.ada, room, 'hello')).id });
    }
  }

  async apply(action: Step): Promise<void> {
    const device = this.devices[action.device] as WritingDevice;
    const { room, messageId } = this.#rooms[action.room] as Place;
    const path = `/api/v1/rooms/${room.id}`;
    switch (action.do) {
      case 'sync':
        return void (await device.sync());
      case 'set':
        return this.#must('PUT', `${path}/settings`, action.settings);
      case 'setOwn':
        return this.#must('PUT', '/api/v1/me/notification-settings', action.settings);
      case 'mark':
        return this.#must(action.on ? 'PUT' : 'DELETE', `${path}/messages/${messageId}/bookmark`);
      case 'write':
        return this.#write(
          device,
          { roomId: room.id, ...(action.inThread && { threadRoot: messageId }) },
          action.clear === 0 ? '' : `text ${++this.#entered}`,
        );
      case 'return':
        await messages.leave(room, this.ada);
        await messages.join(room, this.ada);
        for (const threadRoot of [undefined, messageId])
          this.#texts.delete(placeOf({ roomId: room.id, threadRoot }));
    }
  }

  /** The drafts that the user expects to find everywhere. */
  get texts(): string[] {
    return [...this.#texts.values()].filter((text) => text !== '').sort();
  }

  /** A draft replaces only one that its device has seen; otherwise the device learns of it. */
  async #write(
    device: WritingDevice,
    { roomId, threadRoot }: { roomId: string; threadRoot?: string },
    content: string,
  ): Promise<void> {
    const place = placeOf({ roomId, threadRoot });
    const seen = device.drafts.get(place) ?? none;
    const present = this.#texts.get(place) ?? '';
    const body = { content, threadRoot, ifSeq: seen.seq };
    const answer = await messages.call(this.ada, 'PUT', `/api/v1/rooms/${roomId}/draft`, body);
    if (answer.status === 200) {
      if (content !== '' || present !== '') expect(seen.content).toBe(present);
      this.#texts.set(place, content);
      device.drafts.set(place, { seq: answer.body.seq, content });
    } else {
      expect([answer.status, answer.body.code]).toEqual([409, 'state_changed']);
      const { seq, draft } = answer.body.current;
      expect(draft?.content ?? '').toBe(present);
      device.drafts.set(place, { seq, content: present });
    }
  }

  async #must(method: string, path: string, body?: object): Promise<void> {
    const answer = await messages.call(this.ada, method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
  }
}

test(`property (seed ${seed}): two devices end equal, and no draft is lost without notice`, async () => {
  await fc.assert(
    fc.asyncProperty(history, async (actions) => {
      const world = new World();
      await world.begin();
      for (const action of actions) await world.apply(action);
      const fresh = new WritingDevice(messages, world.ada);
      for (const device of [...world.devices, fresh]) await device.sync();
      for (const { items, seq } of world.devices)
        expect({ items, seq }).toEqual({ items: fresh.items, seq: fresh.seq });
      const drafts = Object.values(fresh.items).flatMap((change) =>
        change.kind === 'draft' || change.kind === 'thread_draft' ? [change.draft?.content] : [],
      );
      expect(drafts.sort()).toEqual(world.texts);
    }),
    { seed, numRuns: 12, interruptAfterTimeLimit: 40_000 },
  );
});
