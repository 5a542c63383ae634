import type { NotificationSettings } from '@parley/client';

const minutesPerDay = 1_440;

/** Whether that time is within the quiet hours: from the start, up to but not including the end. */
export function isQuiet(quietHours: NotificationSettings['quietHours'], now: number): boolean {
  if (!quietHours) return false;
  const { tz, from, to } = quietHours;
  const local = new Intl.DateTimeFormat('en-GB', { timeZone: tz, hour: '2-digit', minute: '2-digit' });
  const start = minutesOf(from);
  const since = (time: string) => (minutesOf(time) - start + minutesPerDay) % minutesPerDay;
  return since(local.format(now)) < since(to);
}

const minutesOf = (time: string): number => {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
};
