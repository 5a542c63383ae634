import type { Message } from '@parley/client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { memoryStorage } from '../../../tests/memory-storage.ts';
import { composeIn, shownEdit } from './compose.ts';
import { countDrafts, forgetDrafts, loadDraft } from './drafts.ts';

const message = (id: string) => ({ id, content: `old ${id}` }) as Message;
const garden = composeIn('ada', 'garden');
const draft = () => loadDraft('ada', 'garden');
const editing = () => {
  const { message: { id = '' } = {}, text } = shownEdit(draft()) ?? {};
  return [id, text];
};

beforeEach(() => {
  vi.stubGlobal('localStorage', memoryStorage());
});
afterEach(() => {
  forgetDrafts(true);
  vi.unstubAllGlobals();
});

test('a draft outlives the page, by account and room, until the user signs out', () => {
  garden.setText('half a thought');
  garden.reply(message('a'));
  composeIn('bob', 'garden').setText('of another user');
  forgetDrafts(false);
  expect(draft()).toMatchObject({ text: 'half a thought', replyTo: { id: 'a' } });
  expect(loadDraft('ada', 'kitchen').text).toBe('');
  expect(countDrafts('ada')).toBe(1);
  garden.sent();
  expect(countDrafts('ada')).toBe(0);
  garden.setText('again');
  forgetDrafts(true);
  expect(draft().text).toBe('');
  expect([countDrafts('ada'), countDrafts('bob')]).toEqual([0, 0]);
});

test('a draft that does not fit into the storage is kept until the page is closed', () => {
  garden.setText('huge');
  expect(draft().text).toBe('huge');
  forgetDrafts(false);
  expect(draft().text).toBe('');
});

test('an edit is kept until it is saved, and is offered again if that fails', async () => {
  garden.setText('a draft');
  const fail = async (text: string) => {
    garden.edit(message('a'));
    garden.setText(text);
    let reject = (_: Error) => undefined as unknown;
    const saved = garden.save(new Promise((_, refuse) => (reject = refuse)));
    return () => {
      reject(new Error('refused'));
      return expect(saved).rejects.toThrow('refused');
    };
  };
  const first = await fail('new a');
  expect(editing()).toEqual(['', undefined]);
  // The user changes another message meanwhile.
  garden.edit(message('b'));
  garden.setText('new b');
  await first();
  expect(editing()).toEqual(['b', 'new b']);
  await garden.save(Promise.resolve());
  expect(editing()).toEqual(['a', 'new a']);
  expect(garden.cancel()).toBe(true);
  expect([editing(), draft().text, garden.cancel()]).toEqual([['', undefined], 'a draft', false]);

  // A later edit of the same message replaces the one that fails.
  const second = await fail('newer a');
  garden.edit(message('a'));
  expect(editing()).toEqual(['a', 'newer a']);
  garden.setText('newest a');
  await second();
  expect(draft().edits).toEqual([{ message: message('a'), text: 'newest a' }]);

  // The page is closed while an edit is being saved.
  void garden.save(new Promise(() => undefined));
  forgetDrafts(false);
  expect(editing()).toEqual(['a', 'newest a']);
});
