import { expect, test } from 'vitest';
import { isQuiet } from './quiet-hours.ts';

test('quiet hours follow the clock of their time zone, past midnight and up to their end', () => {
  const quietHours = { tz: 'Europe/Berlin', from: '22:30', to: '07:00' };
  const at = (time: string) => isQuiet(quietHours, Date.parse(time));
  expect(at('2026-01-15T21:29:00Z')).toBe(false);
  expect(at('2026-01-15T21:30:00Z')).toBe(true);
  expect(at('2026-01-16T05:59:00Z')).toBe(true);
  expect(at('2026-01-16T06:00:00Z')).toBe(false);
  expect(at('2026-07-15T20:30:00Z')).toBe(true);
  expect(isQuiet(null, 0)).toBe(false);
});
