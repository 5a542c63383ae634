import type { RoomState } from '@parley/contracts';
import { newId } from '@parley/runtime';
import { eventually } from '@parley/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Gateway, type Person, person, World } from './gateway-harness.ts';
import { type Listener, openListener } from './listener.ts';

// Connections that receive all rooms of their user without joining them.

let world: World;
let gateway: Gateway;
beforeAll(async () => {
  world = await World.start();
  gateway = await world.gateway();
});
afterEach(() => {
  world.beforeRooms = async () => undefined;
  world.writer.beforeHeads = async () => undefined;
  world.writer.away = false;
});
afterAll(() => world.stop());

/** Stores and publishes a message at once, as if it were sent by REST. */
async function say(room: RoomState, by: Person, content: string): Promise<void> {
  const createdAt = new Date().toISOString();
  await world.writer.append(room.id, (seq) => ({
    kind: 'message.created',
    roomId: room.id,
    seq,
    message: {
      ...{ id: newId(), roomId: room.id, seq, changedSeq: seq, ...by, content, clientId: null },
      ...{ replyTo: null, isEncrypted: false, reactions: [], createdAt, editedAt: null, deletedAt: null },
    },
  }));
}

const contents = (listener: Listener) => listener.named('receive-message').map(({ content }) => content);
const receives = (listener: Listener, expected: string[]) =>
  eventually(() => expect(contents(listener)).toEqual(expected));

/** A gate that is closed until it is opened. */
function gate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, pass: () => opened };
}

describe.each(['Socket.IO', 'WebSocket'] as const)('%s', (transport) => {
  const listen = (who: Person) => openListener(world, gateway, who, { contract: 'groups', transport });

  /** Ada and Bob, and a room of both with a message from before Bob connects. */
  async function start() {
    const [ada, bob] = [person('ada'), person('bob')];
    const room = await world.room([ada, bob]);
    await say(room, ada, 'before');
    return { ada, bob, room };
  }

  test('a message that is stored as soon as the connection is open reaches it', async () => {
    const { ada, bob, room } = await start();
    const bobs = await listen(bob);
    await say(room, ada, 'one');
    await say(room, ada, 'two');
    await receives(bobs, ['one', 'two']);
  });

  test('a connection that opens while the directory is slow misses nothing', async () => {
    const { ada, bob, room } = await start();
    const directory = gate();
    world.beforeRooms = directory.pass;
    const bobs = await listen(bob);
    await say(room, ada, 'while the directory was slow');
    directory.open();
    await receives(bobs, ['while the directory was slow']);
    await say(room, ada, 'afterwards');
    await receives(bobs, ['while the directory was slow', 'afterwards']);
  });

  test('a connection that opens while the heads of rooms cannot be asked for misses nothing', async () => {
    const { ada, bob, room } = await start();
    const heads = gate();
    world.writer.beforeHeads = heads.pass;
    const bobs = await listen(bob);
    await say(room, ada, 'one');
    world.writer.away = true;
    heads.open();
    await say(room, ada, 'two');
    world.writer.away = false;
    await receives(bobs, ['one', 'two']);
  });

  test('a room that others receive is caught up with in order, and only for the late one', async () => {
    const { ada, bob, room } = await start();
    const adas = await listen(ada);
    const directory = gate();
    world.beforeRooms = directory.pass;
    const bobs = await listen(bob);
    await say(room, ada, 'one');
    const heads = gate();
    world.writer.beforeHeads = heads.pass;
    directory.open();
    const asked = world.writer.askedHeads.length;
    await eventually(() => expect(world.writer.askedHeads.length).toBeGreaterThan(asked));
    await say(room, ada, 'two');
    await receives(adas, ['one', 'two']);
    heads.open();
    await receives(bobs, ['one', 'two']);
    await say(room, ada, 'three');
    for (const listener of [adas, bobs]) await receives(listener, ['one', 'two', 'three']);
  });

  test('a new member receives what is said before the gateway learns of the membership', async () => {
    const { ada, room } = await start();
    const [eve, adas] = [person('eve'), await listen(ada)];
    const eves = await listen(eve);
    const announce = world.addSilently(room, eve);
    await say(room, ada, 'welcome');
    await receives(adas, ['welcome']);
    await announce();
    await receives(eves, ['welcome']);
    await say(room, ada, 'you too');
    for (const listener of [adas, eves]) await receives(listener, ['welcome', 'you too']);
  });

  test('a new room that somebody has joined already is received from its first change', async () => {
    const [ada, bob] = [person('ada'), person('bob')];
    const bobs = await listen(bob);
    const room = await world.room([ada, bob], { announce: false });
    const adas = await world.join(gateway, ada, room);
    await adas.emit('send_message', { roomId: room.id, content: 'first' });
    await eventually(() => expect(adas.received('receive_message')).toHaveLength(1));
    const members = [ada, bob].map((one, index) => ({
      ...{ roomId: room.id, ...one, role: 'member' as const, canSend: true, version: index + 1 },
    }));
    await world.publish('room.created', { room, members });
    await receives(bobs, ['first']);
  });
});
