import { describe, expect, test } from 'vitest';
import type { HookReceiver } from './hook-receiver.ts';
import { Ledger } from './ledger.ts';
import { HookPlayer } from './players/hook-player.ts';
import type { Player } from './players/player.ts';
import { RoomLog } from './room-log.ts';
import { judgeHistory, judgeListeners, judgeUnread, type StoredMessage } from './verdict.ts';

const room = 'room';
const stored = (seq: number, over: Partial<StoredMessage> = {}): StoredMessage => ({
  ...{ id: `id${seq}`, seq, changedSeq: seq, roomId: room, userId: 'ada' },
  ...{ clientId: `m${seq}`, content: `says ${seq}` },
  ...over,
});
const histories = (...messages: StoredMessage[]) => new Map([[room, messages]]);

/** Three messages, each sent and acknowledged. */
function ledgerOfThree(): Ledger {
  const ledger = new Ledger();
  for (const seq of [1, 2, 3]) {
    ledger.acknowledge(ledger.begin('ada', room, `says ${seq}`, `m${seq}`), { id: `id${seq}`, seq });
  }
  return ledger;
}
const kindsOf = (findings: readonly { kind: string }[]) => findings.map(({ kind }) => kind);

describe('the verdict on the history', () => {
  test('a history that matches all acknowledgements has no findings', () => {
    expect(judgeHistory(ledgerOfThree(), histories(stored(1), stored(2), stored(3)))).toEqual([]);
  });

  const faults: [
    name: string,
    kinds: string[],
    messages: StoredMessage[],
    change?: (ledger: Ledger) => void,
  ][] = [
    ['an acknowledged message that is not stored is lost', ['lost'], [stored(1), stored(3)]],
    [
      'a message stored under another number than acknowledged is lost',
      ['lost'],
      [stored(1), stored(2), stored(4, { clientId: 'm3', id: 'id3', content: 'says 3' })],
    ],
    [
      'a key stored twice is a duplicate',
      ['duplicated', 'lost'],
      [stored(1), stored(2), stored(3), stored(4, { clientId: 'm3', content: 'says 3' })],
    ],
    ['a message that nobody sent is a phantom', ['phantom'], [stored(1), stored(2), stored(3), stored(4)]],
    [
      'content that nobody sent is a phantom',
      ['phantom'],
      [stored(1), stored(2), stored(3, { content: 'says what?' })],
    ],
    [
      'a sequence number that does not rise is out of order',
      ['out of order'],
      [stored(1), stored(3), stored(2)],
    ],
    [
      'a refused message that is stored is a phantom',
      ['phantom', 'refused'],
      [stored(1), stored(2), stored(3), stored(4)],
      (ledger) => {
        ledger.begin('ada', room, 'says 4', 'm4').refused = 'blocked';
      },
    ],
    [
      'a message without any answer is lost',
      ['lost'],
      [stored(1), stored(2), stored(3)],
      (ledger) => void ledger.begin('ada', room, 'says 4', 'm4'),
    ],
    [
      'one message acknowledged as two is a duplicate',
      ['duplicated'],
      [stored(1), stored(2), stored(3)],
      (ledger) => {
        const sending = ledger.sendings.get('m3');
        if (sending) ledger.acknowledge(sending, { id: 'other', seq: 9 });
      },
    ],
    [
      'an acknowledged edit that is not stored is lost',
      ['lost'],
      [stored(1), stored(2), stored(3)],
      (ledger) => {
        const sending = ledger.sendings.get('m3');
        sending?.contents.push('rather');
        if (sending) sending.settled = 'rather';
      },
    ],
  ];
  test.each(faults)('%s', (_name, kinds, messages, change) => {
    const ledger = ledgerOfThree();
    change?.(ledger);
    expect(kindsOf(judgeHistory(ledger, histories(...messages))).sort()).toEqual(kinds);
  });
});

describe('the verdict on a listener', () => {
  const event = (seq: number, content = `says ${seq}`) => ({
    ...{ roomId: room, seq },
    message: { id: `id${seq}`, content, what: 'created' as const },
  });
  const judge = (listen: (log: RoomLog) => void, complaints: string[] = []) => {
    const log = new RoomLog(room);
    log.connected();
    log.joined(0);
    listen(log);
    const person = { username: 'bob' } as Player['person'];
    const player: Player = {
      kind: 'SDK',
      person,
      rooms: [room],
      logs: new Map([[room, log]]),
      complaints,
      present: true,
      isLive: true,
      start() {},
      stop() {},
    };
    return kindsOf(judgeListeners([player], histories(stored(1), stored(2), stored(3))));
  };
  const receiving =
    (...seqs: number[]) =>
    (log: RoomLog) => {
      for (const seq of seqs) log.receive(event(seq));
    };

  test('a listener that received everything once and in order has no findings', () =>
    expect(judge(receiving(1, 2, 3))).toEqual([]));
  test('a message that was not received is lost', () => expect(judge(receiving(1, 3))).toEqual(['lost']));
  test('a message received twice is a duplicate', () =>
    expect(judge(receiving(1, 2, 2, 3))).toEqual(['duplicated']));
  test('a message after its successor is out of order, and does not count as received', () =>
    expect(judge(receiving(1, 3, 2))).toEqual(['out of order', 'lost']));
  test('a message that is not in the history is a phantom', () =>
    expect(judge(receiving(1, 2, 3, 4))).toEqual(['phantom']));
  test('a message with outdated content is a lost edit', () =>
    expect(
      judge((log) => {
        receiving(1, 2)(log);
        log.receive(event(3, 'as it was before'));
      }),
    ).toEqual(['lost']));
  test('a removal from a room is a refusal', () =>
    expect(judge(receiving(1, 2, 3), ['out of a room'])).toEqual(['refused']));

  test('a sync after a reconnect counts, and live events during it are neither lost nor duplicates', () => {
    expect(
      judge((log) => {
        receiving(1)(log);
        log.connected();
        // Received before the join is answered, and again from the sync.
        log.receive(event(2));
        log.joined(2);
        log.receive(event(3));
        expect(log.missingAfter).toBe(1);
        log.synced([{ seq: 2, changedSeq: 2, message: { id: 'id2', content: 'says 2' } }], 2, true);
      }),
    ).toEqual([]);
  });

  test('a message that neither a sync nor the connection delivered after a reconnect is lost', () => {
    expect(
      judge((log) => {
        receiving(1)(log);
        log.connected();
        log.joined(2);
        log.synced([], 2, true);
        log.receive(event(3));
      }),
    ).toEqual(['lost']);
  });
});

describe('the verdict on a receiver of webhooks', () => {
  /** @param deliveries each with its id, where it begins, and its numbers */
  const judge = (...deliveries: [id: string, after: number, ...seqs: number[]][]) => {
    const player = new HookPlayer({
      person: { username: 'bob' } as Player['person'],
      rooms: [room],
      receiver: { urlFor: () => '' } as Partial<HookReceiver> as HookReceiver,
    });
    player.logs.get(room)?.joined(0);
    for (const [id, after, ...seqs] of deliveries) {
      const changes = seqs.map((seq) => ({
        kind: 'message',
        seq,
        message: { id: `id${seq}`, seq, changedSeq: seq, content: `says ${seq}` },
      }));
      player.receive(id, { roomId: room, after, seq: seqs.at(-1), changes } as Delivery);
    }
    return kindsOf(judgeListeners([player], histories(stored(1), stored(2), stored(3))));
  };
  type Delivery = Parameters<HookPlayer['receive']>[1];

  test('deliveries that continue each other have no findings, also if one is repeated under its id', () =>
    expect(judge(['a', 0, 1, 2], ['a', 0, 1, 2], ['b', 2, 3])).toEqual([]));
  test('a delivery that begins too late is out of order, and what it skips is lost', () =>
    expect(judge(['a', 0, 1], ['b', 2, 3])).toEqual(['out of order', 'lost']));
  test('what was handled before under another id is a duplicate, and so is its message, new again', () =>
    expect(judge(['a', 0, 1, 2], ['b', 1, 2, 3])).toEqual(['duplicated', 'duplicated']));
  test('a change that never arrives is lost', () => expect(judge(['a', 0, 1, 2])).toEqual(['lost']));
});

describe('the verdict on unread counts', () => {
  const all = histories(stored(1), stored(2), stored(3, { userId: 'bob' }));
  const answer = (unread: number, readSeq: number, mentions = 0) => [
    { userId: 'bob', username: 'bob', kind: 'SDK', roomId: room, unread, mentions, readSeq },
  ];
  test('unread counts that differ from the messages of others after the read position are drift', () => {
    expect(judgeUnread(answer(1, 1), new Ledger(), all)).toEqual([]);
    expect(kindsOf(judgeUnread(answer(2, 1), new Ledger(), all))).toEqual(['unread drift']);
  });
  test('an acknowledged read position that is not stored is drift', () => {
    const ledger = new Ledger();
    ledger.read('bob', room, 2);
    expect(kindsOf(judgeUnread(answer(1, 1), ledger, all))).toEqual(['unread drift']);
  });
  test('unread mentions count from the message or the edit that mentions first', () => {
    const ledger = ledgerOfThree();
    const edited = stored(2, { content: 'says 2, edited for @bob', changedSeq: 4 });
    const mentioning = histories(stored(1, { content: 'says 1 to @bob' }), edited, stored(3));
    ledger.sendings.get('m1')?.contents.splice(0, 1, 'says 1 to @bob');
    expect(judgeUnread(answer(0, 3, 1), ledger, mentioning)).toEqual([]);
    expect(judgeUnread(answer(3, 0, 2), ledger, mentioning)).toEqual([]);
    expect(kindsOf(judgeUnread(answer(3, 0, 1), ledger, mentioning))).toEqual(['mention drift']);
    expect(kindsOf(judgeUnread(answer(0, 4, 1), ledger, mentioning))).toEqual(['mention drift']);
  });
});
