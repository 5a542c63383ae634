import { splitUrls } from '@parley/runtime';
import type { MessagesConfig } from './config.ts';

/** Of all databases of messages, the home database first. */
export function databaseUrls({
  DATABASE_URL: only,
  MESSAGES_DATABASE_URLS: urls,
}: Pick<MessagesConfig, 'DATABASE_URL' | 'MESSAGES_DATABASE_URLS'>): [string, ...string[]] {
  const [home = only, ...others] = urls ? splitUrls(urls) : [];
  return [home, ...others];
}
