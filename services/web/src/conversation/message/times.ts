import { useSyncExternalStore } from 'react';
import { useSpeech } from '../../texts/texts.tsx';
import { isSameDay } from '../timeline/shape-row.ts';

interface Formats {
  /** 17:42 */
  clock: Intl.DateTimeFormat;
  /** Monday, 4 May */
  day: Intl.DateTimeFormat;
  /** Monday, 4 May 2026 */
  dayOfYear: Intl.DateTimeFormat;
  /** 4 May 2026, 17:42 */
  full: Intl.DateTimeFormat;
}

const formatsByLocale = new Map<string, Formats>();

/** Formats in the reader's language and time zone. They are slow to create, so they are kept. */
function formatsFor(locale: string): Formats {
  const known = formatsByLocale.get(locale);
  if (known) return known;
  const day = { weekday: 'long', day: 'numeric', month: 'long' } as const;
  const formats = {
    clock: new Intl.DateTimeFormat(locale, { timeStyle: 'short' }),
    day: new Intl.DateTimeFormat(locale, day),
    dayOfYear: new Intl.DateTimeFormat(locale, { ...day, year: 'numeric' }),
    full: new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short' }),
  };
  formatsByLocale.set(locale, formats);
  return formats;
}

export function useTimes() {
  const { locale } = useSpeech();
  return formatsFor(locale);
}

const startOfDay = (time: number): number => new Date(time).setHours(0, 0, 0, 0);

/** Wakes up when the day changes. */
function subscribeToDays(listener: () => void): () => void {
  let timer: ReturnType<typeof setTimeout>;
  const wait = () => {
    const tomorrow = new Date().setHours(24, 0, 0, 0);
    timer = setTimeout(() => {
      listener();
      wait();
    }, tomorrow - Date.now());
  };
  wait();
  return () => clearTimeout(timer);
}
const currentDay = (): number => startOfDay(Date.now());

/** The name of a day: "Today", "Yesterday", or its date. */
export function useDayName(time: number): string {
  const { texts } = useSpeech();
  const { day, dayOfYear } = useTimes();
  const today = useSyncExternalStore(subscribeToDays, currentDay);
  if (isSameDay(time, today)) return texts.conversation.today;
  // Noon, because days have 23 to 25 hours.
  if (isSameDay(time, today - 12 * 3_600_000)) return texts.conversation.yesterday;
  return (new Date(time).getFullYear() === new Date(today).getFullYear() ? day : dayOfYear).format(time);
}
