import { expect, test } from 'vitest';
import { mergeDraft } from './merge-draft.ts';

test('a draft that only another device has changed is taken over', () => {
  const here = { text: 'hello', agreed: 'hello' };
  expect(mergeDraft(here, 'hello, all')).toEqual({ text: 'hello, all', agreed: 'hello, all' });
  expect(mergeDraft(here, '')).toEqual({ text: '', agreed: '' });
});

test('a draft that only this device has changed is kept, for the account', () => {
  expect(mergeDraft({ text: 'hello', agreed: '' }, '')).toEqual({ text: 'hello', agreed: '' });
  expect(mergeDraft({ text: '', agreed: 'sent' }, 'sent')).toEqual({ text: '', agreed: 'sent' });
});

test('the texts of two devices that have both changed a draft are kept, once', () => {
  const merge = (text: string, account: string) => mergeDraft({ text, agreed: 'x' }, account);
  expect(merge('from here', 'from there')).toEqual({ text: 'from there\nfrom here', agreed: 'from there' });
  expect(merge('hello', 'hello, all')).toEqual({ text: 'hello, all', agreed: 'hello, all' });
  expect(merge('hello, all', 'hello')).toEqual({ text: 'hello, all', agreed: 'hello' });
  expect(merge('more', '')).toEqual({ text: 'more', agreed: '' });
});
