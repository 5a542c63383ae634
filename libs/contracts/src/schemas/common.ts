import type { FieldReason } from '@parley/errors';
import { z } from 'zod';
import { isBlank } from '../text/invisible.ts';
import { isVisibleName, tidyName } from '../text/names.ts';

// PostgreSQL's text cannot store U+0000, and lone surrogates are not valid Unicode.
const isStorable = (text: string) => !text.includes('\u0000') && text.isWellFormed();
/** A refinement's message, with its reason for programs. */
export const because = (reason: FieldReason, error: string) => ({ error, params: { reason } });
const storable = because('characters', 'must not contain NUL or broken characters');

/** Text that a person wrote: storable, and something in it can be seen. */
export const text = (max: number) =>
  z
    .string()
    .max(max, `at most ${max} characters`)
    .refine(isStorable, storable)
    .refine((value) => !isBlank(value), because('required', 'must not be empty'));

/** Text that may be empty. */
export const optionalText = (max: number) =>
  z.string().max(max, `at most ${max} characters`).refine(isStorable, storable);

/**
 * The name of a person, a room or an organization, as others see it: composed (NFC), without outer
 * spaces, and everything in it is visible.
 */
export const shownName = (min: number, max: number, length = `${min} to ${max} characters`) =>
  z
    .string()
    .overwrite(tidyName)
    .min(min, length)
    .max(max, length)
    .refine(
      (value) => value === '' || isVisibleName(value),
      because('characters', 'must not contain control, invisible or broken characters'),
    );

/** An id: a UUID in lower case, opaque to clients. */
export const id = z
  .string()
  .transform((value) => value.toLowerCase())
  .pipe(z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/, 'must be a UUID'))
  .meta({
    description: 'UUID',
    example: '01997b2e-7c1a-7cc3-9d5e-0b1f6a2f3c4d',
    override: { type: 'string', format: 'uuid' },
  });

/** ISO 8601 in UTC with milliseconds. */
export const time = z.iso.datetime().meta({ example: '2026-01-31T12:00:00.000Z' });

export const seq = z.number().int().nonnegative();

/**
 * Addresses of pictures and pages: a URL, a relative path, a bare host or a `data:` URL of up to 64
 * KB. Stored unchanged, even `javascript:`. Front ends must show it as text and link only to
 * addresses that they have checked.
 */
export const freeText = optionalText(65_536);

/** `?limit=`: the size of a page. */
export const pageLimit = (fallback: number, max: number) =>
  z.coerce.number().int().min(1).max(max).default(fallback);

/** Query strings contain only text: `true` or `false`. */
export const queryFlag = z.enum(['true', 'false']).transform((value) => value === 'true');
