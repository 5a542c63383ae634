import { errorCodes, fieldReasons } from '@parley/errors';
import { expect, test } from 'vitest';
import { incomingTitle } from '../../../services/web/src/notifications/incoming.ts';
import { ar } from '../../../services/web/src/texts/ar.ts';
import { de } from '../../../services/web/src/texts/de.ts';
import { en } from '../../../services/web/src/texts/en.ts';

/** The client reports these itself. */
const ownCodes = ['network', 'not_parley', 'invalid_url', 'closed', 'not_logged_in'];

test.each([en, de, ar])(
  'every error has a text in every language, and no text is left over: $name',
  (texts) => {
    expect(Object.keys(texts.errors).sort()).toEqual([...errorCodes, ...ownCodes].sort());
    expect(Object.keys(texts.faults.reasons).sort()).toEqual(fieldReasons.toSorted());
    for (const text of [...Object.values(texts.errors), ...Object.values(texts.faults.reasons)])
      expect(text).not.toBe('');
  },
);

test('a notification of the browser says who has done what, in every language', () => {
  const kinds = ['direct', 'mention', 'thread', 'message'] as const;
  const titles = (texts: typeof en) => [
    ...kinds.map((kind) => incomingTitle(texts, { kind, name: 'Bob', room: 'garden' })),
    incomingTitle(texts, { kind: 'mention', room: 'garden' }),
  ];
  expect(titles(en)).toEqual([
    'New message from garden',
    'Bob mentioned you in garden',
    'Bob replied in a thread in garden',
    'New message in garden',
    'You were mentioned in garden',
  ]);
  expect(titles(de)).toEqual([
    'Neue Nachricht von garden',
    'Bob hat dich in garden erwähnt',
    'Bob hat in einem Thread in garden geantwortet',
    'Neue Nachricht in garden',
    'Du wurdest in garden erwähnt',
  ]);
  expect(titles(ar)).toEqual([
    'رسالة جديدة من garden',
    'أشار إليك Bob في garden',
    'ردّ Bob في سلسلة ردود في garden',
    'رسالة جديدة في garden',
    'أُشير إليك في garden',
  ]);
});
