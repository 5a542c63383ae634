import type { Figure } from './point.ts';
import { points } from './points.ts';
import { startWorld } from './world.ts';

/**
 * Measures each point of growth, one after the other. Answers a table in Markdown.
 * @param options.signal ends the run before the next measurement
 */
export async function runScale({
  say,
  signal,
}: {
  say: (line: string) => void;
  signal: AbortSignal;
}): Promise<string> {
  const world = await startWorld();
  try {
    const rows: string[] = [];
    for (const { title, measure } of points) {
      signal.throwIfAborted();
      const begin = performance.now();
      rows.push(...(await measure(world)).map((figure) => rowOf(title, figure)));
      say(`${title} took ${Math.round((performance.now() - begin) / 1_000)} s`);
    }
    return ['| growth | figure | measured |', '|---|---|---|', ...rows].join('\n');
  } finally {
    await world.stop();
  }
}

const rowOf = (title: string, { name, value }: Figure): string =>
  `| ${title} | ${name} | ${value.toLocaleString('en')} |`;
