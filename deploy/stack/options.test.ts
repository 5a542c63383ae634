import { expect, it } from 'vitest';
import { parseLayout } from './options.ts';

it('the port of the stack is that of --port, or else that of PORT, or else a free one', () => {
  expect(parseLayout(['--port', '4001'], { PORT: '4002' }).port).toBe(4_001);
  expect(parseLayout([], { PORT: '4002' }).port).toBe(4_002);
  expect(parseLayout([], { PORT: ' ' }).port).toBe(0);
  expect(parseLayout([], {}).port).toBe(0);
  expect(() => parseLayout([], { PORT: 'many' })).toThrow(/port/);
});

it('the stack starts its own servers unless the flag names external ones', () => {
  expect(parseLayout([], {})).toMatchObject({ clustered: false, externalServers: false, affinity: true });
  expect(parseLayout(['--external-servers', '--no-affinity'], {})).toMatchObject({
    externalServers: true,
    affinity: false,
  });
});
