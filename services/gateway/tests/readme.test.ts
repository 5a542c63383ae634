import { readFileSync } from 'node:fs';
import { type CloseReasonRow, closeReasons } from '@parley/contracts';
import { expect, test } from 'vitest';
import { gatewayConfig } from '../src/service.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const lines = readme.split('\n');

test('the README lists every close reason as defined in the contracts', () => {
  const rows = Object.entries<CloseReasonRow>(closeReasons).map(
    ([reason, { code, advice, retryAfterMs, announcedBy, text }]) => {
      const later = retryAfterMs === undefined ? '' : ` (${retryAfterMs / 1_000} s)`;
      const event = announcedBy ? `\`${announcedBy}\`` : 'nothing';
      return `| \`${reason}\` | ${code} | ${event} | ${advice.replaceAll('_', ' ')}${later} | ${text} |`;
    },
  );
  const first = lines.indexOf('| reason | code | event before | advice | |') + 2;
  expect(lines.slice(first, first + rows.length + 1)).toEqual([...rows, '']);
});

test('the README lists every setting of the gateway', () => {
  const own = Object.keys(gatewayConfig.shape).filter((name) =>
    /^(GATEWAY|SOCKET|HANDSHAKE|SIGNAL|ROOM|RECEIPTS|MAX|PRESENCE|TOKEN|DRAIN|SUBMIT|REDIS|HEAD|PING|POLL)_/.test(
      name,
    ),
  );
  expect(lines.flatMap((line) => /^\| `([A-Z_]+)` \|/.exec(line)?.[1] ?? []).sort()).toEqual(own.sort());
});
