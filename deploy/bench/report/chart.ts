import { type TargetName, targetNames, titles } from '../targets/target.ts';
import type { Measure } from './measures.ts';
import { shown } from './report.ts';
import { medianOf, type Results } from './results.ts';

const width = 640;
const barsFrom = 150;
const barsWide = 390;
const rowHigh = 26;
const colorOf = (name: TargetName) =>
  name.startsWith('hub')
    ? '#9aa5b1'
    : name === 'simple'
      ? '#d9a441'
      : name === 'floor'
        ? '#6b8e5a'
        : '#2f6fb2';

/**
 * An SVG bar chart of a measure over all targets that have it; undefined when fewer than two do.
 */
export function chartOf(
  { title, unit, better, of: measured }: Measure,
  results: Results,
): string | undefined {
  const bars = targetNames.flatMap((name) => {
    const value = medianOf(results, (of) => measured(of(name)));
    return value === undefined ? [] : [{ name, value }];
  });
  if (bars.length < 2) return undefined;
  const max = Math.max(...bars.map(({ value }) => value));
  const high = 44 + bars.length * rowHigh;
  const rows = bars.map(({ name, value }, index) => {
    const y = 40 + index * rowHigh;
    const long = Math.max(1, Math.round((Math.max(0, value) / max) * barsWide));
    return [
      `<text x="${barsFrom - 8}" y="${y + 14}" text-anchor="end">${titles[name]}</text>`,
      `<rect x="${barsFrom}" y="${y}" width="${long}" height="18" fill="${colorOf(name)}"/>`,
      `<text x="${barsFrom + long + 6}" y="${y + 14}">${shown(value)}</text>`,
    ].join('');
  });
  const size = `width="${width}" height="${high}" viewBox="0 0 ${width} ${high}"`;
  const font = 'font-family="sans-serif" font-size="13"';
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} ${font} role="img">
<title>${title}</title>
<rect width="100%" height="100%" fill="#fff"/>
<text x="12" y="22" font-size="15">${title} (${unit}; ${better} is better)</text>
${rows.join('\n')}
</svg>
`;
}
