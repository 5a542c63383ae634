import type { Message } from '@parley/contracts';
import { newId } from '@parley/runtime';
import { eventually } from '@parley/testkit';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Hooks, startHooks } from './hooks-harness.ts';
import { playWriter } from './play-writer.ts';
import type { Behaviour } from './receiver.ts';
import { type Person, person } from './world.ts';

let hooks: Hooks;
let writer: { written: Message[] };
beforeAll(async () => {
  hooks = await startHooks();
  writer = await playWriter(hooks);
});
afterAll(() => hooks?.stop());

let ada: Person;
let bob: Person;
let roomId: string;
let path: string;
let paths = 0;
beforeEach(() => {
  writer.written = [];
  path = `/${++paths}`;
  [ada, bob] = [hooks.world.known(person('ada')), hooks.world.known(person('bob'))];
  roomId = hooks.world.room([ada, bob]);
});

describe('commands', () => {
  const setScene = async () => {
    const { hook, secret } = await hooks.create(ada, path, { rooms: [roomId] });
    const command = await hooks.must(ada, 'POST', `/${hook.id}/commands`, { roomId, word: 'weather' });
    const run = (who: Person, text: string, more: object = {}) =>
      hooks.call(who, 'POST', '/commands/run', { roomId, text, ...more });
    const answers = (body: object) =>
      hooks.receiver.behaviours.set(path, () => ({ answer: 200, body: JSON.stringify(body) }));
    return { hook, secret, command, run, answers };
  };

  it('reach the webhook of the word, which answers the caller alone, or everybody', async () => {
    const { secret, run, answers, hook } = await setScene();
    answers({ text: 'Rain.' });
    const { body } = await run(bob, '/Weather  tomorrow at noon');
    expect(body).toEqual({ visibleTo: 'caller', text: 'Rain.', message: null });
    expect(writer.written).toEqual([]);
    const [received] = hooks.receiver.at(path);
    expect(new Webhook(secret).verify(received?.body ?? '', received?.headers ?? {})).toMatchObject({
      type: 'command',
      data: { hookId: hook.id, roomId, word: 'weather', text: 'tomorrow at noon', userId: bob.userId },
    });
    answers({ text: 'Sun.', visibleTo: 'room' });
    const public_ = await run(bob, '/weather', { clientId: 'once' });
    expect(public_.body).toMatchObject({
      visibleTo: 'room',
      message: { content: 'Sun.', userId: ada.userId },
    });
    expect((await run(bob, '/weather', { clientId: 'once' })).body).toEqual(public_.body);
    expect(writer.written).toHaveLength(1);
    const ids = hooks.receiver
      .at(path)
      .slice(1)
      .map(({ headers }) => headers['webhook-id']);
    expect(new Set(ids).size).toBe(1);
  });

  it('belong to members of the room, and a word to one webhook', async () => {
    const { hook, command, run, answers } = await setScene();
    answers({ text: 'Rain.' });
    expect((await run(person('eve'), '/weather')).status).toBe(404);
    expect((await run(bob, '/unknown')).body.code).toBe('command_not_found');
    expect((await run(bob, 'no command')).body.code).toBe('command_not_found');
    const create = (who: Person, word: string) =>
      hooks.call(who, 'POST', `/${hook.id}/commands`, { roomId, word });
    expect((await create(ada, 'weather')).body.code).toBe('command_taken');
    expect((await create(bob, 'other')).body.code).toBe('hook_not_found');
    expect((await create(ada, 'Not a word')).status).toBe(422);
    expect((await hooks.call(person('eve'), 'GET', `/commands/${roomId}`)).status).toBe(404);
    expect(await hooks.must(bob, 'GET', `/commands/${roomId}`)).toEqual({ commands: [command] });
    await hooks.must(ada, 'DELETE', `/${hook.id}/commands/${command.id}`);
    expect((await hooks.call(ada, 'DELETE', `/${hook.id}/commands/${newId()}`)).status).toBe(404);
    expect((await run(bob, '/weather')).status).toBe(404);
  });

  it('end when the owner of the webhook leaves the room', async () => {
    const { run, answers } = await setScene();
    answers({ text: 'Rain.' });
    await hooks.world.leave(roomId, ada);
    expect((await run(bob, '/weather')).status).toBe(404);
    expect(hooks.receiver.at(path)).toEqual([]);
  });

  it('without a usable answer in time, the caller can try again', async () => {
    const { run, answers } = await setScene();
    hooks.receiver.behaviours.set(path, () => 'hang');
    expect(await run(bob, '/weather')).toMatchObject({ status: 504, body: { code: 'timeout' } });
    hooks.receiver.behaviours.set(path, () => ({ answer: 500 }));
    expect(await run(bob, '/weather')).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    answers({ text: 7 });
    expect(await run(bob, '/weather')).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    hooks.receiver.behaviours.set(path, () => ({ answer: 204, body: '' }));
    expect((await run(bob, '/weather')).body).toEqual({ visibleTo: 'caller', text: null, message: null });
  });

  describe('in a message', () => {
    const setTyped = async () => {
      const { hook, secret } = await hooks.create(ada, path, { rooms: [roomId], events: ['left'] });
      await hooks.must(ada, 'POST', `/${hook.id}/commands`, { roomId, word: 'weather' });
      const behave = (behaviour: Behaviour) => hooks.receiver.behaviours.set(path, () => behaviour);
      return {
        ...{ hook, secret, behave },
        answers: (body: object) => behave({ answer: 200, body: JSON.stringify(body) }),
        received: () => hooks.receiver.at(path),
        write: (content: string, more: Partial<Message> = {}, by = bob) =>
          hooks.world.write(roomId, by, content, more),
        /** The answers that only one user has received. */
        told: () => hooks.world.answers.filter(({ answer }) => answer.roomId === roomId),
      };
    };

    it('reach their webhook once, with any number of replicas; the author alone is answered', async () => {
      const replica = await hooks.addReplica();
      const { hook, secret, answers, write, received, told } = await setTyped();
      answers({ text: 'Rain.' });
      const message = await write('/Weather  tomorrow at noon');
      const expected = { roomId, messageId: message.id, word: 'weather', text: 'Rain.', problem: null };
      await eventually(() => expect(told()).toEqual([{ userId: bob.userId, answer: expected }]));
      // The bus may repeat it.
      await hooks.world.announce(message);
      await write('/weather', {}, ada);
      await eventually(() => expect(told()).toHaveLength(2));
      expect(received()).toHaveLength(2);
      expect(
        new Webhook(secret).verify(received()[0]?.body ?? '', received()[0]?.headers ?? {}),
      ).toMatchObject({
        type: 'command',
        data: {
          ...{ hookId: hook.id, roomId, word: 'weather', text: 'tomorrow at noon' },
          ...{ userId: bob.userId, username: 'bob', messageId: message.id },
        },
      });
      expect(writer.written).toEqual([]);
      await replica.stop();
    });

    it('are answered to everybody by a message, in a thread within it', async () => {
      const { answers, write, told } = await setTyped();
      answers({ text: 'Sun.', visibleTo: 'room' });
      await write('/weather');
      await eventually(() =>
        expect(writer.written).toMatchObject([{ content: 'Sun.', userId: ada.userId, roomId }]),
      );
      const reply = await write('/weather', { threadRootSeq: 1 });
      await eventually(() => expect(writer.written).toHaveLength(2));
      expect(writer.written.map(({ replyTo }) => replyTo)).toEqual([null, reply.id]);
      expect(told()).toEqual([]);
    });

    it('are ordinary messages if they are no command, old, encrypted, or from a program', async () => {
      const { answers, write, received, told } = await setTyped();
      answers({ text: 'Rain.' });
      await write('//weather');
      await write('/unknown');
      await write('tell me /weather');
      await write('/weather', { isEncrypted: true });
      await write('/weather', { clientId: 'in:7' });
      await write('/weather', { createdAt: new Date(Date.now() - 3_600_000).toISOString() });
      await write('/weather', {}, hooks.world.known(person('bot', { isBot: true })));
      const last = await write('/weather');
      await eventually(() => expect(told()).toMatchObject([{ answer: { messageId: last.id } }]));
      expect(received()).toHaveLength(1);
    });

    it.each([
      ['late', 'timeout', { answer: 200, afterMs: 700, body: '{"text":"Rain."}' }],
      ['missing', 'timeout', 'hang'],
      ['an error', 'unavailable', { answer: 500 }],
      ['unusable', 'unavailable', { answer: 200, body: 'Rain.' }],
      ['lost', 'unavailable', 'die'],
    ] as const)('an answer that is %s is reported to the author alone', async (_, problem, behaviour) => {
      const { behave, write, told } = await setTyped();
      behave(behaviour);
      await write('/weather');
      await eventually(() => expect(told()).toMatchObject([{ answer: { text: null, problem } }]));
      expect(writer.written).toEqual([]);
    });

    it.each([
      ['a group', { kind: 'group' }],
      ['a public channel', { kind: 'channel', isPrivate: false }],
    ] as const)('are ordinary messages in %s while the webhook cannot answer there', async (_, kind) => {
      roomId = hooks.world.room([ada, bob], kind);
      const { hook, answers, write, received, told } = await setTyped();
      answers({ text: 'Rain.' });
      const elsewhere = hooks.world.room([ada, bob]);
      const other = await hooks.create(ada, `${path}-other`, { rooms: [elsewhere], events: ['left'] });
      await hooks.must(ada, 'POST', `/${other.hook.id}/commands`, { roomId: elsewhere, word: 'weather' });
      /** Writes the command. When a later one elsewhere was answered, nothing follows. */
      const writeInVain = async () => {
        const before = told().length;
        await write('/weather');
        hooks.receiver.behaviours.set(`${path}-other`, () => ({ answer: 200, body: '{"text":"Sun."}' }));
        const { id } = await hooks.world.write(elsewhere, bob, '/weather');
        await eventually(() =>
          expect(hooks.world.answers.map(({ answer }) => answer.messageId)).toContain(id),
        );
        expect(told()).toHaveLength(before);
      };
      await hooks.must(ada, 'PATCH', `/${hook.id}`, { paused: true });
      await writeInVain();
      await hooks.must(ada, 'POST', `/${hook.id}/resume`);
      await hooks.world.leave(roomId, ada);
      await writeInVain();
      await hooks.world.join(roomId, ada);
      await write('/weather');
      await eventually(() => expect(told()).toHaveLength(1));
      await hooks.must(ada, 'DELETE', `/${hook.id}`);
      await writeInVain();
      expect(received().filter(({ body }) => body.includes('"type":"command"'))).toHaveLength(1);
    });

    it('a dead webhook has ten requests in flight at most; further ones are refused at once', async () => {
      const { behave, write, received, told } = await setTyped();
      behave('hang');
      for (let number = 0; number < 12; number++) await write('/weather');
      await eventually(() => expect(told()).toHaveLength(12));
      expect(received()).toHaveLength(10);
      const problems = told().map(({ answer }) => answer.problem);
      expect(problems.filter((problem) => problem === 'unavailable')).toHaveLength(2);
    });
  });
});
