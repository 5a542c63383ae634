import { useMemo } from 'react';
import { useSpeech } from './texts.tsx';

/** Returns a function that joins names in the reader's language: "Ada, Bob and Cem". */
export function useList(): (names: readonly string[]) => string {
  const { locale } = useSpeech();
  return useMemo(() => {
    const format = new Intl.ListFormat(locale);
    return (names) => format.format(names);
  }, [locale]);
}
