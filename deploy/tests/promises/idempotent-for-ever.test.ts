import { randomUUID } from 'node:crypto';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ChatUser, type Json, membersHaveJoined, wholeHistory } from '../whole-stack/chat-user.ts';
import { borrowStackTarget, type StackTarget } from '../whole-stack/start-targets.ts';
import { killReplica } from './kill.ts';
import { type Body, overRest, overWire, type Send } from './sender.ts';

let target: StackTarget;
let ada: ChatUser;
let bob: ChatUser;
/** Ada's connections: REST, and a socket of each kind to each gateway. */
let ways: Send[];
const closing: (() => Promise<void>)[] = [];
beforeAll(async () => {
  target = await borrowStackTarget();
  [ada, bob] = await Promise.all([
    ChatUser.register(target.url, 'ada'),
    ChatUser.register(target.url, 'bob'),
  ]);
  const wires = target.gateways.flatMap((gateway) =>
    (['Socket.IO', 'WebSocket'] as const).map((kind) => overWire(kind, gateway, ada)),
  );
  closing.push(...wires.map(({ close }) => close));
  ways = [overRest(ada), ...wires];
});
afterAll(async () => {
  await Promise.all(closing.map((close) => close()));
  await target.stop();
});

const newRoom = async () => {
  const room = await ada.must('POST', '/api/v1/rooms', { name: 'again', members: [bob.userId] });
  await membersHaveJoined(ada, room.id, 2);
  return room;
};
const manyTimes = (body: Body, times: number) =>
  Promise.all(Array.from({ length: times }, (_, index) => (ways[index % ways.length] as Send)(body)));
const only = ({ id, seq }: Json) => ({ id, seq });
const codeOf = (sending: Promise<unknown>) =>
  sending.then(
    () => 'ok',
    (error: Json) => error.code,
  );

describe('promise 2: a send may be repeated at any time', () => {
  test('promise 2: a hundred identical concurrent sends on every transport are one message', async () => {
    const room = await newRoom();
    const body = { roomId: room.id, content: 'once', clientId: randomUUID() };
    const answers = (await manyTimes(body, 100)).map(only);
    const history = await wholeHistory(ada, room.id);
    expect(history.map(({ clientId }) => clientId)).toEqual([body.clientId]);
    expect(answers).toEqual(answers.map(() => only(history[0])));
    // The repetitions used no number: the next message has the next one.
    const next = await (ways[1] as Send)({ ...body, clientId: randomUUID() });
    expect(next.seq).toBe(history[0].seq + 1);
  });

  test('promise 2: a hundred identical sends while the writer is killed are one message', async () => {
    const room = await newRoom();
    const body = { roomId: room.id, content: 'in the storm', clientId: randomUUID() };
    const answers: Json[] = [];
    const insisting: Send = async (repeated) => {
      let answer: Json;
      await eventually(async () => {
        answer = await (ways[answers.length % ways.length] as Send)(repeated);
      });
      answers.push(only(answer));
      return answer;
    };
    for (const replica of [0, 1]) {
      const storm = Promise.all(Array.from({ length: 100 }, () => insisting(body)));
      await killReplica(target, 'messages', replica);
      await storm;
      await eventually(async () => expect((await target.pids()).messages).toHaveLength(2));
    }
    const history = await eventually(() => wholeHistory(ada, room.id));
    expect(history).toHaveLength(1);
    expect(answers).toEqual(Array.from({ length: 200 }, () => only(history[0])));
  });

  test('promise 2: a repeated key with other content is a conflict, and changes nothing', async () => {
    const room = await newRoom();
    const body = { roomId: room.id, content: 'mine', clientId: randomUUID() };
    const first = await overRest(ada)(body);
    const question = await overRest(ada)({ ...body, clientId: randomUUID() });
    for (const send of ways) {
      expect(await codeOf(send({ ...body, content: 'other' }))).toBe('conflict');
      expect(await codeOf(send({ ...body, replyTo: question.id }))).toBe('conflict');
    }
    const refused = await ada.call('POST', `/api/v1/rooms/${room.id}/messages`, {
      content: 'other',
      clientId: body.clientId,
    });
    expect(refused).toMatchObject({ status: 409, body: { code: 'conflict' } });
    const history = await wholeHistory(ada, room.id);
    expect(history.map(({ id, content }) => ({ id, content }))).toEqual([
      { id: first.id, content: 'mine' },
      { id: question.id, content: 'mine' },
    ]);
  });

  test('promise 2: the same key from another sender or in another room is another message', async () => {
    const [room, other] = [await newRoom(), await newRoom()];
    const body = { roomId: room.id, content: 'same key', clientId: randomUUID() };
    const sent = await Promise.all([
      overRest(ada)(body),
      overRest(bob)(body),
      overRest(ada)({ ...body, roomId: other.id }),
    ]);
    expect(new Set(sent.map(({ id }) => id)).size).toBe(3);
    expect(await wholeHistory(ada, room.id)).toHaveLength(2);
    expect(await wholeHistory(ada, other.id)).toHaveLength(1);
  });

  test('promise 2: a repeated send after an edit or deletion changes nothing', async () => {
    const room = await newRoom();
    const body = { roomId: room.id, content: 'first words', clientId: randomUUID() };
    const first = only(await overRest(ada)(body));
    const path = `/api/v1/rooms/${room.id}/messages/${first.id}`;
    await ada.must('PUT', path, { content: 'better words' });
    expect((await manyTimes(body, 10)).map(only)).toEqual(Array.from({ length: 10 }, () => first));
    expect(await codeOf(overRest(ada)({ ...body, content: 'better words' }))).toBe('conflict');
    expect((await wholeHistory(ada, room.id)).map(({ content }) => content)).toEqual(['better words']);
    await ada.must('DELETE', path);
    expect((await manyTimes(body, 10)).map(only)).toEqual(Array.from({ length: 10 }, () => first));
    const [kept] = await wholeHistory(ada, room.id);
    expect(kept).toMatchObject({ id: first.id, seq: first.seq, content: '' });
    expect(kept.deletedAt).not.toBeNull();
  });
});
