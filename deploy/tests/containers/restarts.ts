import { createClient } from '@parley/client';
import { eventually } from '@parley/testkit';
import { expect } from 'vitest';
import { overRest, overWire, Sender, startLoad } from '../promises/sender.ts';
import { ChatUser, wholeHistory } from '../whole-stack/chat-user.ts';
import type { ComposeProject } from './compose-project.ts';
import { docker } from './engine.ts';

const perSecond = 40;
const parts = [
  'gateway',
  'web',
  'auth',
  'directory',
  'messages',
  'notifications',
  'hooks',
  'redis',
  'postgres',
  'rabbitmq',
  'balancer',
];

/**
 * Restarts every container of the project in turn while people talk, and compares what they saw
 * with what is stored.
 */
export async function restartsUnderLoad(project: ComposeProject): Promise<void> {
  const { url } = project;
  const people: ChatUser[] = [];
  for (let number = 0; number < 6; number++) people.push(await ChatUser.register(url, `r${number}`));
  const [owner, ...others] = people as [ChatUser, ...ChatUser[]];
  const room = await owner.must('POST', '/api/v1/rooms', {
    name: 'restarts',
    members: others.map(({ userId }) => userId),
  });
  const wires = people
    .slice(0, 4)
    .map((user, index) => overWire(index % 2 === 0 ? 'Socket.IO' : 'WebSocket', url, user));
  const senders = [...wires, ...people.slice(4).map(overRest)].map(
    (send, index) => new Sender(people[index] as ChatUser, send),
  );
  const listeners = await Promise.all(people.slice(0, 4).map((user) => listen(url, user, room.id)));

  const load = startLoad(senders, room.id, perSecond);
  const fresh = new Sender(owner, overRest(owner));
  for (const part of parts) {
    for (const id of await project.containers(part)) {
      const exitCode = await restart(id);
      // Servers have exit codes of their own; services must exit with 0.
      if (!['redis', 'postgres', 'rabbitmq', 'balancer'].includes(part)) expect(exitCode, part).toBe(0);
      await fresh.say(room.id, `after ${part}`);
    }
  }
  await load.stop();

  const all = [...senders, fresh];
  expect(all.flatMap(({ failures }) => failures)).toEqual([]);
  const said = all.flatMap(({ sent }) => sent);
  expect(said.length).toBeGreaterThan(parts.length * perSecond);
  const history = await wholeHistory(owner, room.id);
  const stored = new Map(history.map((message) => [message.clientId, message]));
  expect(history).toHaveLength(said.length);
  expect(
    said.filter(
      ({ id, seq, clientId }) => stored.get(clientId)?.id !== id || stored.get(clientId)?.seq !== seq,
    ),
  ).toEqual([]);
  const numbers = history.map((_, index) => people.length + 1 + index);
  expect(history.map(({ seq }) => seq)).toEqual(numbers);
  for (const { received, live } of listeners) {
    await eventually(() => expect(received.at(-1)).toBe(numbers.at(-1)), { timeoutMs: 40_000 });
    expect(received).toEqual(numbers);
    live.close();
  }
  await Promise.all(wires.map((wire) => wire.close()));
}

/** Sequence numbers received by our own client, which reconnects by itself. */
async function listen(url: string, { username, password }: ChatUser, roomId: string) {
  const client = createClient({ url });
  await client.login({ username, password });
  const live = client.connect();
  const received: number[] = [];
  live.on('message', ({ seq }) => received.push(seq));
  await live.join(roomId, { since: 0 });
  return { live, received };
}

/** Stops it as a deployment does, and waits until it is healthy again. Returns its exit code. */
async function restart(id: string): Promise<number> {
  const state = async (format: string) => (await docker(['inspect', '--format', format, id])).trim();
  await docker(['stop', id]);
  const exitCode = Number(await state('{{.State.ExitCode}}'));
  await docker(['start', id]);
  await eventually(async () => expect(await state('{{.State.Health.Status}}')).toBe('healthy'), {
    timeoutMs: 90_000,
    intervalMs: 250,
  });
  return exitCode;
}
