import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { request } from '../whole-stack/chat-user.ts';
import type { Target } from '../whole-stack/target.ts';
import { socketIoReleases } from './libraries.ts';
import { createPrograms, type Program, type ProgramSettings } from './program.ts';
import { withPython } from './python.ts';

interface Person {
  id: string;
  email: string;
}

function createTerminals(target: () => Target) {
  const start = createPrograms();
  const password = 'correct horse';
  const register = async (name: string): Promise<Person> => {
    const email = `${name}-${randomUUID().slice(0, 8)}@example.org`;
    const { status, body } = await request(target().url, 'POST', '/api/auth/register', { email, password });
    expect(status).toBe(201);
    return { id: body.user.id, email };
  };
  const terminal = async (
    person: Person,
    to: Person,
    settings: ProgramSettings,
    program = 'direct-terminal.mjs',
  ) => {
    const started = await start(program, [target().url, person.email, password, to.id], settings);
    await started.prints('connect');
    return started;
  };
  const talk = async (ada: Person, adas: Program, bob: Person, bobs: Program) => {
    adas.type('Hello, Bob.');
    await bobs.prints('terminal', `${ada.id}: Hello, Bob.`);
    await adas.prints('terminal', `sent to ${bob.id}: Hello, Bob.`);
    bobs.type('Hello, Ada.');
    await adas.prints('terminal', `${bob.id}: Hello, Ada.`);
    await bobs.prints('terminal', `sent to ${ada.id}: Hello, Ada.`);
    expect([...adas.all('error'), ...bobs.all('error')]).toEqual([]);
  };
  return { register, terminal, talk };
}

/** The command-line clients of `direct.md`. */
export function directClients(target: () => Target): void {
  const { register, terminal, talk } = createTerminals(target);

  for (const release of socketIoReleases) {
    test(`direct, ${release}: text typed by one user appears at once in the other's terminal`, async () => {
      const [ada, bob] = await Promise.all([register('ada'), register('bob')]);
      const adas = await terminal(ada, bob, { SOCKET_IO_CLIENT: release });
      const bobs = await terminal(bob, ada, { SOCKET_IO_CLIENT: release });
      await talk(ada, adas, bob, bobs);
      for (const one of [adas, bobs]) {
        expect(one.all('open')).toEqual([{ transport: 'polling' }]);
        await one.prints('upgrade', { transport: 'websocket' });
        expect(one.all('disconnect')).toEqual([]);
      }
    });
  }

  test('direct: the history has the messages of both in order, including offline ones', async () => {
    const [ada, bob] = await Promise.all([register('ada'), register('bob')]);
    const adas = await terminal(ada, bob, {});
    // As when pasting: nothing waits for the line before.
    const lines = Array.from({ length: 10 }, (_, index) => `line ${index}`);
    for (const line of lines) adas.type(line);
    for (const line of lines) await adas.prints('terminal', `sent to ${bob.id}: ${line}`);
    const bobs = await terminal(bob, ada, {});
    bobs.type('Hello, Ada.');
    await adas.prints('terminal', `${bob.id}: Hello, Ada.`);
    bobs.type('/history');
    const message = (sender: Person, receiver: Person, content: string) => ({
      sender_id: sender.id,
      receiver_id: receiver.id,
      content,
    });
    expect(await bobs.prints('history')).toMatchObject([
      ...lines.map((line) => message(ada, bob, line)),
      message(bob, ada, 'Hello, Ada.'),
    ]);
  });

  test('direct: `token` lasts for days; it works as `auth.token`, `?token=` or a header', async () => {
    const [ada, bob] = await Promise.all([register('ada'), register('bob')]);
    const bobs = await terminal(bob, ada, { TOKEN_BY: 'auth' });
    const claims = await bobs.prints('claims');
    expect(claims).toMatchObject({ id: bob.id, username: bob.email.split('@')[0] });
    expect(claims.exp - claims.iat).toBe(7 * 24 * 3_600);
    for (const way of ['auth', 'query', 'header', 'token header']) {
      const adas = await terminal(ada, bob, { TOKEN_BY: way });
      adas.type(`by ${way}`);
      await bobs.prints('terminal', `${ada.id}: by ${way}`);
    }
  });
}

/** Its client in Python. */
export function directPython(target: () => Target): void {
  const { register, terminal, talk } = createTerminals(target);

  withPython(
    'direct, python-socketio: text typed in its terminal appears in a Node terminal, and vice versa',
    async () => {
      const [ada, bob] = await Promise.all([register('ada'), register('bob')]);
      const adas = await terminal(ada, bob, {}, 'direct-terminal.py');
      await adas.prints('transport', 'websocket');
      await talk(ada, adas, bob, await terminal(bob, ada, {}));
    },
  );
}
