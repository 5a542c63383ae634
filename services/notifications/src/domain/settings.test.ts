import type { Notification, NotificationSettings } from '@parley/contracts';
import { expect, test } from 'vitest';
import { asWanted, isQuiet, isWanted, type RoomLevel } from './settings.ts';

const createdAt = '2026-03-01T12:00:00.000123Z';
const plain = { createdAt, isMention: false };
const mention = { createdAt, isMention: true };

test.each([
  ['all', true, true],
  ['mentions', false, true],
  ['none', false, false],
] as const)('the level %s of a room, or else of the user, decides', (level, ofMessages, ofMentions) => {
  const all: [RoomLevel | undefined, Pick<NotificationSettings, 'level'>][] = [
    [{ level, mutedUntil: null, roomMentions: true }, { level: 'all' }],
    [{ level, mutedUntil: null, roomMentions: true }, { level: 'none' }],
    [{ level: 'default', mutedUntil: null, roomMentions: true }, { level }],
    [undefined, { level }],
  ];
  for (const settings of all) {
    expect(isWanted(plain, ...settings)).toBe(ofMessages);
    expect(isWanted(mention, ...settings)).toBe(ofMentions);
  }
});

test('without settings, every message notifies', () => {
  expect(isWanted(plain)).toBe(true);
});

test('a muted room notifies of nothing until the time, not even of a mention', () => {
  const until = (mutedUntil: string) => ({ level: 'all', mutedUntil, roomMentions: true }) as const;
  expect(isWanted(mention, until('2026-03-01T12:00:01.000Z'))).toBe(false);
  expect(isWanted(plain, until('2026-03-01T12:00:00.000Z'))).toBe(true);
});

test('quiet hours follow the clock of their time zone, past midnight and across its changes', () => {
  const night = { tz: 'Europe/Berlin', from: '22:00', to: '07:00' };
  const isQuietAt = (time: string) => isQuiet(night, Date.parse(time));
  expect(isQuietAt('2026-01-10T20:59:59Z')).toBe(false);
  expect(isQuietAt('2026-01-10T21:00:00Z')).toBe(true);
  expect(isQuietAt('2026-01-10T23:30:00Z')).toBe(true);
  expect(isQuietAt('2026-01-11T06:00:00Z')).toBe(false);
  // In summer, an hour earlier.
  expect(isQuietAt('2026-07-10T20:00:00Z')).toBe(true);
  expect(isQuietAt('2026-07-11T05:00:00Z')).toBe(false);
  const noon = { tz: 'Asia/Kathmandu', from: '12:00', to: '13:00' };
  expect(isQuiet(noon, Date.parse('2026-01-10T06:15:00Z'))).toBe(true);
  expect(isQuiet(noon, Date.parse('2026-01-10T07:15:00Z'))).toBe(false);
});

test('without previews, a notification names the sender and not the text', () => {
  const row = (content: string): Notification => ({
    id: '01997b2e-7c1a-7cc3-9d5e-0b1f6a2f3c4d',
    type: 'message',
    title: 'garden',
    content,
    metadata: { senderName: 'ada', messagePreview: 'a secret', count: 2 },
    isRead: false,
    createdAt,
    updatedAt: createdAt,
  });
  const settings = { level: 'all', quietHours: null, preview: false } as const;
  expect(asWanted(row('ada: a secret'), settings, 0)).toMatchObject({ content: 'ada: New message' });
  const direct = asWanted(row('a secret'), settings, 0);
  expect(direct.content).toBe('New message');
  expect(JSON.stringify(direct)).not.toContain('secret');
});
