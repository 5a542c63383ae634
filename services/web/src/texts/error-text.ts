import { ParleyError } from '@parley/client';
import { useCallback } from 'react';
import type { Texts } from './en.ts';
import { useTexts } from './texts.tsx';

/** The labels of a form's fields, by their names in requests. */
export type FieldLabels = Readonly<Record<string, string>>;

/**
 * Returns a function from any error to a sentence for the reader, and one for each invalid field
 * that has a label. The server's own text appears for codes that this version does not know.
 */
export function useErrorText(): (error: unknown, labels?: FieldLabels) => string {
  const { errors, faults } = useTexts();
  return useCallback(
    (error, labels = {}) => {
      const { code, message, fields } = ParleyError.from(error);
      const text = Object.hasOwn(errors, code) ? errors[code as keyof typeof errors] : message;
      if (code !== 'validation_failed') return text;
      const details = fields.flatMap(({ field, reason, limit }) =>
        Object.hasOwn(labels, field) ? `${labels[field]}: ${faultText(faults, reason, limit)}` : [],
      );
      return [text, ...new Set(details)].join(' ');
    },
    [errors, faults],
  );
}

/** The reasons that have a limit. */
const limited = {
  too_short: 'atLeast',
  too_long: 'atMost',
  too_low: 'fromNumber',
  too_high: 'toNumber',
} as const satisfies Record<string, keyof Texts['faults']>;

function faultText(faults: Texts['faults'], reason = 'invalid', limit?: number): string {
  if (limit !== undefined && Object.hasOwn(limited, reason))
    return faults[limited[reason as keyof typeof limited]](limit);
  return Object.hasOwn(faults.reasons, reason)
    ? faults.reasons[reason as keyof typeof faults.reasons]
    : faults.reasons.invalid;
}
