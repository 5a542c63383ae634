import type { MemberView, RoomState } from '@parley/react';
import { expect, test } from 'vitest';
import { mentionAt } from './mention-at.ts';
import { mentionChoices } from './mention-choices.ts';

const at = (text: string) => {
  const caret = text.indexOf('|');
  const found = mentionAt({ value: text.replace('|', ''), selectionStart: caret, selectionEnd: caret });
  return found && [found.text, found.start, found.end];
};

test('a mention begins with an @ that is not within a word, up to the caret', () => {
  expect(at('hi @an|')).toEqual(['an', 3, 6]);
  expect(at('@|')).toEqual(['', 0, 1]);
  expect(at('(＠an|n!')).toEqual(['an', 1, 4]);
  for (const text of ['me@an|', 'hi an|', '@ann |', 'hi @an\nb|']) expect(at(text)).toBeUndefined();
  expect(mentionAt({ value: '@ann', selectionStart: 1, selectionEnd: 4 })).toBeUndefined();
});

const member = (username: string, name = ''): MemberView =>
  ({ userId: username, username, name }) as MemberView;
const members = [member('ada'), member('bob_ross', 'Robert Ross'), member('eve'), member('')];
const room = (change: object) =>
  ({ kind: 'group', role: 'member', roomMentions: 'auto', memberCount: 3, ...change }) as RoomState['room'];
const names = (text: string, change: object = {}) =>
  mentionChoices({ room: room(change), members }, 'ada', text).map(({ username }) => username);

test('a word of either name finds a member; nobody finds himself or an erased user', () => {
  expect(names('ro')).toEqual(['bob_ross', 'room']);
  expect(names('Ross')).toEqual(['bob_ross']);
  expect(names('ad')).toEqual([]);
  expect(names('')).toEqual(['bob_ross', 'eve', 'room']);
});

test('all members can be chosen by those who may mention them', () => {
  const mayAll = (change: object) => names('room', change).includes('room');
  expect(
    [{}, { memberCount: 51, role: 'admin' }, { memberCount: 51, roomMentions: 'members' }].map(mayAll),
  ).toEqual([true, true, true]);
  expect([{ memberCount: 51 }, { roomMentions: 'admins' }, { kind: 'direct' }].map(mayAll)).toEqual([
    false,
    false,
    false,
  ]);
});
