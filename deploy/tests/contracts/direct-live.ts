import { expect, test } from 'vitest';
import { nobody } from './cast.ts';
import type { DirectCast } from './direct-cast.ts';

/** The events of `direct.md`. */
export function directLive({ connectAll, register, history }: DirectCast): void {
  test('send_message: receive_message at the receiver, message_sent at the sender once stored', async () => {
    const [ada, bob, eve] = [await register('ada'), await register('bob'), await register('eve')];
    const [adas, bobs, eves] = await connectAll(ada, bob, eve);
    adas.emit('send_message', {
      receiver_id: bob.id,
      content: 'Hello, Bob.',
      client_id: 'a-1',
    });
    const message = { sender_id: ada.id, receiver_id: bob.id, content: 'Hello, Bob.' };
    const sent = await adas.receives('message_sent');
    expect(sent).toMatchObject({ ...message, client_id: 'a-1' });
    const received = await bobs.receives('receive_message');
    expect(received).toMatchObject({ ...message, id: sent.id, created_at: sent.created_at });
    // In addition to the canonical fields.
    expect(received).toMatchObject({
      userId: ada.id,
      seq: sent.seq,
      roomId: expect.any(String),
      createdAt: sent.created_at,
    });
    expect(await history(bob, ada.id)).toEqual([
      { id: sent.id, ...message, created_at: sent.created_at, seq: sent.seq },
    ]);
    bobs.emit('send_message', { receiver_id: ada.id, content: 'Hello, Ada.' });
    await adas.receives('receive_message', {
      sender_id: bob.id,
      receiver_id: ada.id,
      content: 'Hello, Ada.',
    });
    await bobs.receives('message_sent', { content: 'Hello, Ada.' });
    expect(eves.received).toEqual([]);
  });

  test('send_message {to, message} adds the alternative fields to both events', async () => {
    const [ada, bob] = [await register('ada'), await register('bob')];
    const [adas, bobs, adasOther] = await connectAll(ada, bob, ada);
    adas.emit('send_message', { to: bob.id, message: 'Hello, Bob.' });
    const sent = await adas.receives('message_sent');
    const object = {
      id: sent.id,
      sender_id: ada.id,
      receiver_id: bob.id,
      content: 'Hello, Bob.',
      created_at: sent.created_at,
    };
    expect(sent).toMatchObject({ to: bob.id, message: 'Hello, Bob.', ...object });
    const received = await bobs.receives('receive_message');
    expect(received).toMatchObject({
      from: ada.id,
      message: 'Hello, Bob.',
      timestamp: sent.created_at,
      ...object,
    });
    expect(await history(bob, ada.id)).toMatchObject([{ id: sent.id, content: 'Hello, Bob.' }]);
    bobs.emit('send_message', { to: received.from, message: 'Hello, Ada.' });
    await adas.receives('receive_message', { from: bob.id, message: 'Hello, Ada.' });
    // The sender's other device receives the message; the sending connection gets its
    // confirmation.
    await adasOther.receives('receive_message', { from: ada.id, message: 'Hello, Bob.' });
    expect(adas.all('receive_message')).toHaveLength(1);
    adas.emit('send_message', { to: nobody, message: 'anyone?' });
    await adas.receives('error', { code: 'user_not_found' });
    adas.emit('send_message', { to: 'bob', message: 'you?' });
    expect(await adas.receives('error', { code: 'validation_failed' })).toMatchObject({
      fields: [{ field: 'to' }],
    });
  });

  test('invalid send_message events are refused, and the connection stays open', async () => {
    const [ada, bob] = [await register('ada'), await register('bob')];
    const [adas] = await connectAll(ada);
    adas.emit('send_message', { receiver_id: nobody, content: 'anyone?' });
    await adas.receives('error', { code: 'user_not_found' });
    adas.emit('send_message', { receiver_id: ada.id, content: 'me?' });
    await adas.receives('error', { code: 'self_reference' });
    adas.emit('send_message', { receiver_id: bob.id, content: '   ' });
    await adas.receives('error', { code: 'validation_failed' });
    adas.emit('send_message', { receiver_id: bob.id, sender_id: bob.id, content: 'forged' });
    await adas.receives('error', { code: 'identity_mismatch' });
    adas.emit('send_message', { receiver_id: bob.id, content: 'still here' });
    await adas.receives('message_sent', { content: 'still here' });
    expect(await history(bob, ada.id)).toMatchObject([{ content: 'still here' }]);
  });
}
