import { clientEvents, type ServerEvent, serverEvents } from '@parley/contracts';
import { describe, expect, it, test } from 'vitest';
import { Frame, formOf } from '../connections/frame.ts';
import { dialects } from './dialect-table.ts';
import {
  recogniseDialect,
  tables,
  translateClientEvent,
  translateServerEvent,
  translateToEveryDialect,
} from './translator.ts';

const roomId = '01997b2e-7c1a-7cc3-9d5e-0b1f6a2f3c4d';
const inDialect = ['camelCase', 'kebab-case'] as const;
const nameOf = { camelCase: /^[a-z]+([A-Z][a-z]+)*$/, 'kebab-case': /^[a-z]+(-[a-z]+)*$/ };

describe.each(inDialect)('the table of %s', (dialect) => {
  it('names every server event, in the dialect’s own spelling', () => {
    const { client, server } = tables[dialect];
    expect(Object.keys(server).sort()).toEqual(Object.keys(serverEvents).sort());
    const names = [
      ...Object.keys(client),
      ...Object.values(server).flatMap((rows) => rows.map(({ event }) => event)),
    ];
    expect(names.filter((name) => !nameOf[dialect].test(name))).toEqual([]);
    for (const event of Object.keys(server) as ServerEvent[]) expect(server[event].length).toBeGreaterThan(0);
  });

  it('maps client events to existing canonical events and fields', () => {
    for (const [name, { event, fields, bare }] of Object.entries(tables[dialect].client)) {
      const schema = clientEvents[event];
      const known = ['userId', ...('shape' in schema ? Object.keys(schema.shape) : [])];
      expect([name, Object.values(fields).filter((field) => !known.includes(field))]).toEqual([name, []]);
      if (bare) expect(Object.keys(fields)).toContain(bare);
    }
  });
});

test('client events are translated to canonical names, including bare ids', () => {
  const canonicalOf = (dialect: (typeof inDialect)[number], event: string, payload: unknown) => {
    const canonical = translateClientEvent(dialect, event, payload);
    return [canonical?.event, canonical?.payload];
  };
  expect(canonicalOf('camelCase', 'sendMessage', { conversation_id: roomId, content: 'x', more: 1 })).toEqual(
    ['send_message', { roomId, content: 'x' }],
  );
  expect(canonicalOf('camelCase', 'joinConversation', roomId)).toEqual(['join_room', { roomId }]);
  expect(canonicalOf('camelCase', 'typing', { conversationId: roomId, isTyping: false })).toEqual([
    'typing',
    { roomId, isTyping: false },
  ]);
  expect(canonicalOf('kebab-case', 'join', roomId)).toEqual(['join_rooms', { userId: roomId }]);
  expect(canonicalOf('kebab-case', 'join-group', roomId)).toEqual(['join_room', { roomId }]);
  expect(canonicalOf('kebab-case', 'join-group', 7)).toEqual(['join_room', 7]);
  expect(canonicalOf('kebab-case', 'sendMessage', {})).toEqual([undefined, undefined]);
  expect(canonicalOf('camelCase', 'constructor', {})).toEqual([undefined, undefined]);
});

test('field errors use the client’s names', () => {
  const canonical = translateClientEvent('kebab-case', 'join-group', {});
  expect(canonical?.named([{ field: 'roomId', message: 'is missing', reason: 'required' }])).toEqual([
    { field: 'group_id', message: 'is missing', reason: 'required' },
  ]);
});

test('rule 6: a groups message without `receiver_id` is refused by that name', () => {
  const canonical = translateClientEvent('kebab-case', 'send-message', { content: 'hi', is_group: true });
  const parsed = clientEvents.send_message.safeParse(canonical?.payload);
  const [missing] = parsed.error?.issues ?? [];
  const fields = [{ field: String(missing?.path[0]), message: '', reason: 'required' as const }];
  expect(canonical?.named(fields)).toEqual([{ field: 'receiver_id', message: '', reason: 'required' }]);
});

test('a dialect is recognised by names that no other has', () => {
  const cases: [string, unknown, unknown][] = [
    ['send_message', {}, 'snake_case'],
    ['joinRoom', {}, 'camelCase'],
    ['join', roomId, 'kebab-case'],
    ['typing', { roomId, isTyping: true }, undefined],
    ['typing', { conversationId: roomId }, 'camelCase'],
    ['typing', { roomId, userId: roomId }, 'camelCase'],
    ['make-coffee', {}, undefined],
    ['constructor', {}, undefined],
  ];
  for (const [event, payload, dialect] of cases)
    expect([event, recogniseDialect(event, payload)]).toEqual([event, dialect]);
});

test('a message uses the names of each document, for a user and for a group', () => {
  const at = '2026-01-31T12:00:00.000Z';
  const message = {
    id: 'm',
    roomId: 'r',
    seq: 3,
    userId: 'u',
    username: 'ada',
    content: 'x',
    clientId: null,
    replyTo: null,
    isEncrypted: false,
  };
  const group = { ...message, createdAt: at, timestamp: at };
  const direct = { ...group, sender_id: 'u', receiver_id: 'v', created_at: at };
  const kebab = { id: 'm', sender_id: 'u', content: 'x', created_at: at, seq: 3 };
  expect(translateServerEvent('kebab-case', 'receive_message', group)).toEqual([
    { event: 'receive-message', data: { ...kebab, receiver_id: 'r', is_group: true } },
  ]);
  expect(translateServerEvent('kebab-case', 'receive_message', direct)).toEqual([
    { event: 'receive-message', data: { ...kebab, receiver_id: 'v', is_group: false } },
  ]);
  const [camel] = translateServerEvent('camelCase', 'receive_message', group);
  expect(camel?.data).toMatchObject({
    id: 'm',
    roomId: 'r',
    message_id: 'm',
    conversation_id: 'r',
    chat_room_id: 'r',
    user_id: 'u',
    status: 'sent',
  });
});

test('camelCase clients receive `newChatRoom` when another user adds them to a room', () => {
  const added = { roomId, kind: 'group', name: 'plans', organizationId: null };
  expect(translateServerEvent('camelCase', 'room_added', { ...added, invited: false })).toEqual([]);
  expect(translateServerEvent('camelCase', 'room_added', { ...added, invited: true })).toMatchObject([
    { event: 'newChatRoom', data: { roomId, roomName: 'plans' } },
  ]);
});

test('a client of unknown dialect receives events under the names of every dialect, each name once', () => {
  const at = '2026-01-31T12:00:00.000Z';
  const typing = { userId: 'u', username: 'ada', roomId: 'r', isTyping: true, timestamp: at };
  expect(translateToEveryDialect('user_typing', typing).map(({ event }) => event)).toEqual([
    'user_typing',
    'typing',
    'userTyping',
    'user-typing',
  ]);
  const error = { code: 'x', type: 'X', message: 'x' };
  expect(translateToEveryDialect('error', error)).toEqual([{ event: 'error', data: error }]);
  const notification = {
    id: 'n',
    type: 'message',
    title: 't',
    content: 'c',
    metadata: { roomId: 'r' },
    isRead: false,
    createdAt: at,
  };
  expect(translateToEveryDialect('notification', { ...notification, updatedAt: at })).toMatchObject([
    {
      event: 'notification',
      data: {
        id: 'n',
        notification_id: 'n',
        isRead: false,
        is_read: false,
        metadata: { roomId: 'r', conversation_id: 'r' },
      },
    },
  ]);
});

test('the contract’s dialect applies until an event of only one other dialect', () => {
  expect(recogniseDialect('typing', { roomId }, 'camelCase')).toBe('camelCase');
  expect(recogniseDialect('send_message', {}, 'camelCase')).toBe('snake_case');
  expect(recogniseDialect('join', roomId, 'camelCase')).toBe('kebab-case');
  expect(recogniseDialect('make-coffee', {}, 'camelCase')).toBe(undefined);
});

test('a frame is encoded once per dialect and transport, and only when used', () => {
  let readings = 0;
  const data = {
    get code() {
      readings++;
      return 'x';
    },
    type: 'X',
    message: 'x',
  };
  const frame = new Frame('error', data);
  expect(readings).toBe(0);
  const [canonical] = dialects;
  const [packet] = frame.as(formOf('socketIo', canonical, null));
  expect(packet?.text).toBe('2["error",{"code":"x","type":"X","message":"x"}]');
  expect(frame.as(formOf('socketIo', canonical, null))[0]).toBe(packet);
  expect(readings).toBe(1);
  expect(frame.as(formOf('webSocket', 'camelCase', null)).map(({ text }) => text)).toEqual([
    '{"event":"error","data":{"code":"x","type":"X","message":"x"}}',
  ]);
  expect(readings).toBe(2);
});
