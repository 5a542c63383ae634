import type { SyncChange, SyncedRoom } from '@parley/contracts';
import { describe, expect, it } from 'vitest';
import { cutPage, wanted } from './page.ts';
import { programClientId } from './program-message.ts';
import { webhookId } from './webhook-id.ts';

const by = (userId: string, seq: number, content = 'text') =>
  ({ kind: 'message', seq, message: { userId, content, seq, clientId: null } }) as unknown as SyncChange;
const joined = (userId: string, seq: number) => ({ kind: 'joined', seq, userId }) as unknown as SyncChange;
const room = (changes: SyncChange[], more: Partial<SyncedRoom> = {}): SyncedRoom => ({
  roomId: 'room',
  name: null,
  seq: changes.at(-1)?.seq ?? 0,
  readSeq: 0,
  hasMore: false,
  changes,
  positions: [],
  ...more,
});
const seqs = (changes: readonly SyncChange[]) => changes.map(({ seq }) => seq);

const first = { after: 0, endsAt: null };

describe('the page of a delivery', () => {
  it('is the whole answer, if that fits', () => {
    const page = cutPage(room([by('a', 3), by('a', 5)], { seq: 9 }), first);
    expect(page).toMatchObject({ upTo: 9, hasMore: false });
    expect(seqs(page.changes)).toEqual([3, 5]);
  });

  it('has at most 100 changes', () => {
    const all = Array.from({ length: 101 }, (_, index) => by('a', index + 1));
    expect(cutPage(room(all), first)).toMatchObject({ upTo: 100, hasMore: true });
  });

  it('has at most 256 KB, or one change', () => {
    const large = 'x'.repeat(100_000);
    const page = cutPage(room([by('a', 1, large), by('a', 2, large), by('a', 3, large)]), first);
    expect(seqs(page.changes)).toEqual([1, 2]);
    expect(page).toMatchObject({ upTo: 2, hasMore: true });
    const huge = cutPage(room([by('a', 1, large.repeat(4)), by('a', 2)]), first);
    expect(huge).toMatchObject({ upTo: 1, hasMore: true });
  });

  it('ends where an earlier attempt ended, although there is more now', () => {
    const page = cutPage(room([by('a', 3), by('a', 5), by('a', 8)]), { after: 0, endsAt: 6 });
    expect(seqs(page.changes)).toEqual([3, 5]);
    expect(page).toMatchObject({ upTo: 6, hasMore: true });
    expect(cutPage(room([by('a', 8)]), { after: 0, endsAt: 6 })).toEqual({
      changes: [],
      upTo: 6,
      hasMore: true,
    });
    expect(cutPage(room([by('a', 6)]), { after: 0, endsAt: 6 })).toMatchObject({ upTo: 6, hasMore: false });
  });

  it('has new messages at the place of their creation, wherever they have changed since', () => {
    const changed = (seq: number, changedSeq: number) => {
      const change = by('a', seq);
      return { ...change, seq: changedSeq };
    };
    const answer = room([changed(3, 9), by('a', 5), changed(1, 7)], { seq: 9 });
    expect(seqs(cutPage(answer, { after: 2, endsAt: 6 }).changes)).toEqual([9, 5]);
    expect(seqs(cutPage(answer, { after: 2, endsAt: 7 }).changes)).toEqual([9, 5, 7]);
    const large = 'x'.repeat(200_000);
    const huge = room([{ ...by('a', 3, large), seq: 9 }, by('a', 5, large)], { seq: 9 });
    expect(cutPage(huge, { after: 2, endsAt: null })).toMatchObject({ upTo: 3, hasMore: true });
  });

  it('contains the requested kinds, without blocked authors and without programs of the owner', () => {
    const program = by('ada', 4);
    if (program.kind === 'message') program.message.clientId = programClientId('incoming', 'x');
    const changes = [by('ada', 1), by('bob', 2), joined('bob', 3), program];
    const hook = { ownerId: 'ada', programMessages: false };
    const none = { blocked: new Set<string>(), ownBots: new Set<string>() };
    const without = (...blocked: string[]) => ({ ...none, blocked: new Set(blocked) });
    expect(seqs(wanted(changes, { ...hook, events: ['message', 'joined'] }, without('bob')))).toEqual([1, 3]);
    expect(seqs(wanted(changes, { ...hook, events: ['joined'] }, none))).toEqual([3]);
    const requested = { ...hook, events: ['message' as const], programMessages: true };
    expect(seqs(wanted(changes, requested, none))).toEqual([1, 2, 4]);
    expect(seqs(wanted(changes, { ...hook, ownerId: 'eve', events: ['message'] }, none))).toEqual([1, 2, 4]);
    const bots = { ...none, ownBots: new Set(['bob']) };
    expect(seqs(wanted(changes, { ...hook, events: ['message', 'joined'] }, bots))).toEqual([1, 3]);
  });
});

describe('the id of a delivery', () => {
  const [hook, other] = ['01997b2e-7c1a-7cc3-9d5e-0b1f6a2f3c4d', '01997b2e-7c1a-7cc3-9d5e-0b1f6a2f3c4e'];

  it('may be a clientId, whatever the numbers', () => {
    expect(webhookId(hook, other, 9_999_999_999_999, 0)).toMatch(/^[\x21-\x7e]{1,64}$/);
  });

  it('differs by hook, room, number, and after the cursor was set back', () => {
    const ids = [
      webhookId(hook, other, 1, 0),
      webhookId(other, hook, 1, 0),
      webhookId(hook, other, 2, 0),
      webhookId(hook, other, 1, 1),
    ];
    expect(new Set(ids).size).toBe(4);
    expect(ids[0]).toBe('AZl7LnwafMOdXgsfai88TQ:AZl7LnwafMOdXgsfai88Tg:1');
  });
});
