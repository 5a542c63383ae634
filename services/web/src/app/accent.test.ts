import { expect, test } from 'vitest';
import { accentTokens } from './accent.ts';

const parts = (text = '') => (text.match(/\d+/g) ?? []).map(Number);
function luminance(text = ''): number {
  const [red = 0, green = 0, blue = 0] = parts(text).map((value) =>
    value <= 10 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
const contrast = (a = '', b = '') => {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
};

const surfaces = { light: 'rgb(255 255 255)', dark: 'rgb(22 26 32)' };

test.each(['#ffff00', '#000000', '#ffffff', '#0f0', '#2f6fed', '#808080', '#ff00ff'])(
  'the accent colour %s can be read in both themes, and so can the text on it',
  (color) => {
    for (const theme of ['light', 'dark'] as const) {
      const tokens = accentTokens(color, theme === 'dark');
      const pairs = [
        [tokens['--accent'], surfaces[theme]],
        [tokens['--accent-text'], surfaces[theme]],
        [tokens['--accent-text'], tokens['--accent-soft']],
        [tokens['--accent-ink'], tokens['--accent']],
      ];
      for (const [text, background] of pairs) expect(contrast(text, background)).toBeGreaterThanOrEqual(4.5);
    }
  },
);

test.each(['', 'red', '#12', 'url(https://example.org)', '#2f6fed; color: red'])(
  'the theme keeps its own colours for %j',
  (text) => expect(accentTokens(text, false)).toEqual({}),
);
