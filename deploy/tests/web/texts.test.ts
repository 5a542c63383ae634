import { errorCodes } from '@parley/errors';
import { expect, test } from 'vitest';
import { ar } from '../../../services/web/src/texts/ar.ts';
import { de } from '../../../services/web/src/texts/de.ts';
import { en } from '../../../services/web/src/texts/en.ts';

/** The client reports these itself. */
const ownCodes = ['network', 'not_parley', 'invalid_url', 'closed', 'not_logged_in'];

test.each([en, de, ar])(
  'every error has a text in every language, and no text is left over: $name',
  (texts) => {
    expect(Object.keys(texts.errors).sort()).toEqual([...errorCodes, ...ownCodes].sort());
    for (const text of Object.values(texts.errors)) expect(text).not.toBe('');
  },
);
