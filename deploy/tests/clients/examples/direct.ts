import { eventually } from '@parley/testkit';
import { expect, test } from 'vitest';
import type { Json } from '../../whole-stack/chat-user.ts';
import type { Target } from '../../whole-stack/target.ts';
import { createReader, expectFields, unique } from './example.ts';

/** `direct.md`, as printed. */
export function directExamples(target: () => Target): void {
  const { ok, connect } = createReader(target);
  const register = async () => {
    const credentials = { email: `ada-${unique()}@example.com`, password: '123456' };
    await ok(undefined, 'POST /api/auth/register', credentials);
    const { token, user } = await ok(undefined, 'POST /api/auth/login', credentials);
    return { id: user.id as string, token: token as string };
  };

  test('direct.md: `send_message` accepts both pairs of names; events have all fields', async () => {
    const [ada, bob] = await Promise.all([register(), register()]);
    const [adas, bobs] = await Promise.all([connect(ada.token), connect(bob.token)]);
    const bodies = [
      { to: bob.id, message: 'first' },
      { receiver_id: bob.id, content: 'second' },
    ];
    for (const body of bodies) {
      adas.emit('send_message', body);
      const content = body.message ?? body.content;
      const received = await bobs.receives('receive_message', { from: ada.id, message: content });
      expectFields(received, 'from message timestamp id sender_id receiver_id content created_at');
      expect(received).toMatchObject({ sender_id: ada.id, receiver_id: bob.id, content });
      const sent = await adas.receives('message_sent', { to: bob.id, message: content });
      expect(sent).toMatchObject({ id: received.id, sender_id: ada.id, receiver_id: bob.id, content });
    }
  });

  test('direct.md: `GET /api/messages/:userId` returns each message once by any cursor', async () => {
    const [ada, bob] = await Promise.all([register(), register()]);
    const connection = await connect(ada.token);
    const contents = Array.from({ length: 12 }, (_, index) => `message ${index}`);
    for (const message of contents) connection.emit('send_message', { to: bob.id, message });
    await eventually(() => expect(connection.all('message_sent')).toHaveLength(contents.length));
    const page = (query: string) => ok(bob.token, `GET /api/messages/${ada.id}?limit=5${query}`);
    for (const field of ['id', 'seq', 'created_at']) {
      const pages: Json[][] = [await page('')];
      for (let oldest = pages[0]?.[0]; oldest; oldest = pages[0]?.[0]) {
        pages.unshift(await page(`&before=${encodeURIComponent(oldest[field])}`));
      }
      expect(pages.flat().map(({ content }) => content)).toEqual(contents);
    }
    expect((await page('&offset=5')).map(({ content }: Json) => content)).toEqual(contents.slice(2, 7));
    const [message] = await ok(bob.token, `GET /api/messages/${ada.id}`);
    expectFields(message, 'id sender_id receiver_id content created_at');
  });
}
