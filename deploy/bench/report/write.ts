import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chartOf } from './chart.ts';
import { measures } from './measures.ts';
import type { Results } from './results.ts';

/** Writes `results.json`, `results.md` and a chart of each measure. Removes earlier files. */
export function writeResults(folder: string, results: Results, report: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'results.json'), `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(join(folder, 'results.md'), `# Benchmark\n\n${report}\n`);
  for (const measure of measures) {
    const chart = chartOf(measure, results);
    if (chart) writeFileSync(join(folder, `${measure.id}.svg`), chart);
  }
}

const begin = '<!-- results: written by `npm run bench -- --write` -->';
const end = '<!-- end of results -->';

export function writeReadme(path: string, report: string): void {
  const text = readFileSync(path, 'utf8');
  const [before, after] = [text.indexOf(begin), text.indexOf(end)];
  if (before < 0 || after < before) throw new Error(`${path} lacks the markers for the results`);
  writeFileSync(path, `${text.slice(0, before + begin.length)}\n\n${report}\n\n${text.slice(after)}`);
}
