import { useMemo } from 'react';
import { useSpeech } from './texts.tsx';

/** Returns a function from a time to a date and time in the reader's language and time zone. */
export function useDates(): (time: string) => string {
  const { locale } = useSpeech();
  return useMemo(() => {
    const format = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
    return (time) => format.format(new Date(time));
  }, [locale]);
}
