import type { Message } from '@parley/contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MessagesHarness, person, startMessages } from './messages-harness.ts';

let messages: MessagesHarness;
const ada = person('ada');
const bob = person('bob');

beforeAll(async () => {
  messages = await startMessages();
  await messages.bus.consume('timeline', 'notifications', async () => undefined);
  await messages.bus.consume('directory', 'notifications', async () => undefined);
});
afterAll(() => messages.stop());

async function setScene() {
  const room = await messages.room([ada, bob]);
  const path = `/api/v1/rooms/${room.id}/messages`;
  const first = await messages.send(ada, room, 'free');
  return {
    room,
    first,
    send: (who: typeof ada, body: object) => messages.call(who, 'POST', path, body),
    edit: (message: Message, body: object) => messages.call(ada, 'PUT', `${path}/${message.id}`, body),
    react: (who: typeof ada, message: Message, body: object) =>
      messages.call(who, 'POST', `${path}/${message.id}/reactions`, body),
    history: async (): Promise<Message[]> => (await messages.call(ada, 'GET', path)).body.messages,
  };
}

describe('conditional writes', () => {
  test('of many who send upon one state, the first one wins, and the others learn the state', async () => {
    const { first, send, history } = await setScene();
    const claims = Array.from({ length: 20 }, (_, number) =>
      send(number % 2 === 0 ? ada : bob, { content: `claim ${number}`, ifSeq: first.seq }),
    );
    const answers = await Promise.all(claims);
    const won = answers.filter(({ status }) => status === 201);
    expect(won).toHaveLength(1);
    for (const { status, body } of answers.filter((answer) => !won.includes(answer)))
      expect([status, body.code, body.current]).toEqual([409, 'state_changed', { seq: first.seq + 1 }]);
    expect((await history()).map(({ seq }) => seq)).toEqual([first.seq, first.seq + 1]);
  });

  test('a refused message takes no number; others of the same moment keep their order', async () => {
    const { first, send, history } = await setScene();
    const sent = [
      send(ada, { content: 'one' }),
      send(ada, { content: 'stale', ifSeq: first.seq - 1 }),
      send(ada, { content: 'two' }),
    ];
    expect((await Promise.all(sent)).map(({ status }) => status)).toEqual([201, 409, 201]);
    const stored = (await history()).map(({ seq, content }) => [seq - first.seq, content]);
    expect(stored).toEqual([
      [0, 'free'],
      [1, 'one'],
      [2, 'two'],
    ]);
  });

  test('a message that was stored is repeated successfully, whatever has happened since', async () => {
    const { first, send } = await setScene();
    const body = { content: 'mine', clientId: 'claim-1', ifSeq: first.seq };
    const stored = await send(ada, body);
    expect(stored.status).toBe(201);
    await send(bob, { content: 'later' });
    expect((await send(ada, body)).body).toEqual(stored.body);
    expect((await send(ada, { ...body, ifSeq: 0 })).body).toEqual(stored.body);
    expect(await send(ada, { ...body, content: 'other' })).toMatchObject({
      status: 409,
      body: { code: 'conflict' },
    });
    const unused = await send(ada, { content: 'unused', clientId: 'claim-2', ifSeq: first.seq });
    expect(unused.body.code).toBe('state_changed');
  });

  test('a reply may require that its message has not changed', async () => {
    const { first, send, edit } = await setScene();
    const reply = { content: 'taken', replyTo: first.id, ifChangedSeq: first.changedSeq };
    expect((await send(bob, reply)).status).toBe(201);
    const { body: edited } = await edit(first, { content: 'reserved' });
    const refused = await send(bob, reply);
    expect(refused).toMatchObject({ status: 409, body: { code: 'state_changed' } });
    expect(refused.body.current).toEqual({ seq: edited.changedSeq, message: edited });
  });

  test('edits and reactions decide alike, and repeat successfully', async () => {
    const { first, edit, react } = await setScene();
    const claim = { reaction: '✋', on: true, ifChangedSeq: first.changedSeq };
    const answers = await Promise.all([react(ada, first, claim), react(bob, first, claim)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const winner = answers[0]?.status === 200 ? ada : bob;
    expect((await react(winner, first, claim)).status).toBe(200);
    const stale = await edit(first, { content: 'edited', ifChangedSeq: first.changedSeq });
    expect(stale).toMatchObject({
      status: 409,
      body: { code: 'state_changed', current: { message: { id: first.id } } },
    });
    const current = stale.body.current.seq;
    const fresh = { content: 'edited', ifChangedSeq: current, ifSeq: current };
    const changed = await edit(first, fresh);
    expect(changed.status).toBe(200);
    expect((await edit(first, fresh)).body).toEqual(changed.body);
    expect((await edit(first, { content: 'again', ifSeq: current })).body.code).toBe('state_changed');
  });

  test('strangers are told nothing about the state', async () => {
    const { send } = await setScene();
    const { status, body } = await send(person('eve'), { content: 'hello', ifSeq: 0 });
    expect([status, body.code, body.current]).toEqual([404, 'room_not_found', undefined]);
  });
});
