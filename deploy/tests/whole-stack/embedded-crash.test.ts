import { temporaryFolder } from '@parley/testkit';
import { expect, test } from 'vitest';
import { ChatUser, emit, type Json, wholeHistory } from './chat-user.ts';
import { startEmbeddedTarget } from './start-targets.ts';

test('after kill -9 of the embedded process under load, every acknowledged message is stored', async () => {
  const dataDir = temporaryFolder();
  let target = await startEmbeddedTarget({ dataDir });
  const users = await Promise.all(
    [1, 2, 3, 4].map((number) => ChatUser.register(target.url, `burst${number}`)),
  );
  const [ada] = users;
  if (!ada) throw new Error('nobody registered');
  const room = await ada.must('POST', '/api/v1/rooms', {
    name: 'burst',
    members: users.slice(1).map(({ userId }) => userId),
  });
  const acknowledged: Json[] = [];
  let killed = false;
  const burst = users.map(async (user, index) => {
    const socket = await user.connect(target.url);
    const sends = Array.from({ length: 2_000 }, async (_, number) => {
      // Several sends are always in flight, so that the kill hits them at every stage.
      while (!killed && number > acknowledged.length / users.length + 25) await new Promise(setImmediate);
      if (killed) return;
      const content = `${index} ${number}`;
      const ack = await emit(socket, 'send_message', { roomId: room.id, content }).catch(() => undefined);
      if (!ack) return;
      acknowledged.push({ id: ack.id, seq: ack.seq, content });
      if (acknowledged.length === 400) {
        killed = true;
        target.process.kill('SIGKILL');
      }
    });
    await Promise.race([Promise.all(sends), new Promise((resolve) => socket.once('disconnect', resolve))]);
  });
  await Promise.all(burst);
  for (const user of users) user.close();
  await target.process.ended();

  target = await startEmbeddedTarget({ dataDir });
  const history = await wholeHistory(await ada.login(target.url), room.id);
  const stored = new Map(history.map(({ id, seq, content }) => [id, { id, seq, content }]));
  expect(acknowledged.length).toBeGreaterThanOrEqual(400);
  expect(
    acknowledged.filter(
      ({ id, seq, content }) => stored.get(id)?.seq !== seq || stored.get(id)?.content !== content,
    ),
  ).toEqual([]);
  expect(history.map(({ seq }) => seq)).toEqual(history.map((_, index) => users.length + 1 + index));
  await target.stop();
});
