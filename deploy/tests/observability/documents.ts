import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';

const folder = new URL('../../observability/', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, folder), 'utf8');

export interface Alert {
  alert: string;
  expr: string;
  labels: { severity: string };
  annotations: { summary: string; runbook: string };
}

export interface Panel {
  id: number;
  title: string;
  type: string;
  gridPos: { x: number; y: number; w: number; h: number };
  targets?: { expr: string; legendFormat: string }[];
}

export interface DocumentedMetric {
  type: string;
  labels: string[];
  meaning: string;
}

export const yaml = (path: string): unknown => parse(read(path));

export const alerts = (yaml('alerts.yml') as { groups: { rules: Alert[] }[] }).groups.flatMap(
  ({ rules }) => rules,
);
export const dashboard = JSON.parse(read('grafana/dashboards/parley.json')) as {
  uid: string;
  panels: Panel[];
};
export const compose = parse(read('../../docker-compose.yml')) as {
  services: Record<string, { profiles?: string[]; volumes?: string[]; environment?: Record<string, string> }>;
};
export const yamlFiles = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
  path.endsWith('.yml'),
);

/** Entry → its text. */
export const runbook = new Map(
  read('runbook.md')
    .split(/^## /m)
    .slice(1)
    .map((entry) => [entry.split('\n')[0] ?? '', entry]),
);

/** name, type, labels, means, what to do */
export const metricRows = read('metrics.md')
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

const namesIn = (cell: string) => [...cell.matchAll(/`(\w+)`/g)].flatMap(([, name]) => name ?? []);
export const documented: Record<string, DocumentedMetric> = Object.fromEntries(
  metricRows.map(([name = '', type = '', labels = '', meaning = '']) => [
    namesIn(name).join(),
    { type, labels: namesIn(labels), meaning },
  ]),
);

/** The log lines that operators are told to look for: after `log line` or `logs`. */
export const quotedLogLines = ['metrics.md', 'runbook.md', '../operations.md'].flatMap((document) =>
  [...read(document).matchAll(/\blog(?:s|\s+line(?:\s+of\s+\w+)?)\s+`([^`]+)`/g)].flatMap(([, line = '']) =>
    line.replace(/\s+/g, ' '),
  ),
);

const root = new URL('../../../', import.meta.url);
/** All source text of services and libraries. */
export const sources = ['services', 'libs']
  .flatMap((name) =>
    readdirSync(new URL(name, root), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !path.includes('node_modules'))
      .map((path) => readFileSync(new URL(`${name}/${path}`, root), 'utf8')),
  )
  .join('\n');
