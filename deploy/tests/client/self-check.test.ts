import { type Message, verifyCopy } from '@parley/client';
import { eventually } from '@parley/testkit';
import { expect, test } from 'vitest';
import { onBothTargets } from '../contracts/on-both-targets.ts';
import { createPeople } from './sdk-people.ts';

onBothTargets('the self-check', (target) => {
  const { someone, connect } = createPeople(target);

  test('a wrong copy of a room is found and repaired; a correct one takes one request', async () => {
    const ada = await someone('ada');
    const { id: roomId } = await ada.createRoom({ name: 'garden' });
    const live = connect(ada);
    await live.join(roomId, { since: 0 });
    for (let n = 1; n <= 12; n++) await live.send(roomId, `${n}`);
    const { messages } = await ada.history(roomId, { limit: 200 });
    await live.edit(roomId, messages[4]?.id ?? '', 'edited');
    const present = (await ada.history(roomId, { limit: 200 })).messages;
    const copy = new Map<number, Message>(messages.map((message) => [message.seq, message]));
    const last = messages.at(-1) as Message;
    copy.delete(last.seq);
    copy.set(1, { ...last, seq: 1 });
    const at = () => live.seq(roomId) ?? 0;
    await eventually(() => expect(at()).toBe(present[4]?.changedSeq));
    const check = () =>
      verifyCopy(ada.api, roomId, {
        range: () => ({ from: 1, to: at() }),
        messages: () => [...copy.values()],
        at,
        repair: (put, removed) => {
          for (const message of put) copy.set(message.seq, message);
          for (const seq of removed) copy.delete(seq);
        },
      });
    expect(await check()).toMatchObject({ isCorrect: true, repaired: 3 });
    expect([...copy.values()].sort((one, other) => one.seq - other.seq)).toEqual(present);
    expect(await check()).toEqual({ isCorrect: true, repaired: 0, requests: 1 });
  });
});
