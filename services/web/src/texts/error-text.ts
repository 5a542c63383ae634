import { ParleyError } from '@parley/client';
import { useCallback } from 'react';
import { useTexts } from './texts.tsx';

/**
 * Returns a function from any error to a sentence for the reader. The server names invalid fields
 * in English. Its own text appears for codes that this version does not know.
 */
export function useErrorText(): (error: unknown) => string {
  const { errors } = useTexts();
  return useCallback(
    (error) => {
      const { code, message, fields } = ParleyError.from(error);
      const text = Object.hasOwn(errors, code) ? errors[code as keyof typeof errors] : message;
      const details = fields.map(({ field, message: fault }) => `${field}: ${fault}`);
      return details.length > 0 ? `${text} (${details.join('; ')})` : text;
    },
    [errors],
  );
}
