type Color = readonly [number, number, number];

const surfaces: Record<'light' | 'dark', Color> = { light: [255, 255, 255], dark: [22, 26, 32] };
const white: Color = [255, 255, 255];
const black: Color = [11, 18, 32];
/** WCAG AA for text. */
const minContrast = 4.5;

function parse(text: string): Color | null {
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(text.trim());
  const long = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(text.trim());
  const parts = long?.slice(1) ?? short?.slice(1).map((digit) => digit + digit);
  if (!parts) return null;
  const [red = 0, green = 0, blue = 0] = parts.map((part) => Number.parseInt(part, 16));
  return [red, green, blue];
}

const mix = ([a, b, c]: Color, [x, y, z]: Color, share: number): Color => {
  const between = (from: number, to: number) => Math.round(from + (to - from) * share);
  return [between(a, x), between(b, y), between(c, z)];
};

function luminance(color: Color): number {
  const [red = 0, green = 0, blue = 0] = color.map((value) => {
    const part = value / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a: Color, b: Color): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}

/** The nearest shade of the colour that can be read on all backgrounds. */
function readableOn(color: Color, backgrounds: readonly Color[], towards: Color): Color {
  for (let share = 0; share < 1; share += 0.02) {
    const shade = mix(color, towards, share);
    if (backgrounds.every((background) => contrast(shade, background) >= minContrast)) return shade;
  }
  return towards;
}

const css = (color: Color) => `rgb(${color.join(' ')})`;

/**
 * The tokens of an accent colour, adjusted until its contrast meets AA. Empty for anything that is
 * not a colour such as `#2f6fed`: the theme's own tokens then apply.
 */
export function accentTokens(text: string, isDark: boolean): Record<string, string> {
  const color = parse(text);
  if (!color) return {};
  const surface = surfaces[isDark ? 'dark' : 'light'];
  const towards = isDark ? white : black;
  const soft = mix(surface, color, isDark ? 0.22 : 0.1);
  const accent = readableOn(color, [surface], towards);
  const ink = contrast(accent, white) >= minContrast ? white : black;
  return {
    '--accent': css(accent),
    '--accent-ink': css(ink),
    '--accent-soft': css(soft),
    '--accent-text': css(readableOn(color, [surface, soft], towards)),
    '--mine': css(soft),
  };
}
