import { describe, expect, test } from 'vitest';
import {
  alerts,
  compose,
  dashboard,
  documented,
  metricRows,
  quotedLogLines,
  runbook,
  sources,
  yaml,
  yamlFiles,
} from './documents.ts';
import { selectorsOf } from './promql.ts';

describe('alerts', () => {
  test('each alert has exactly one entry in the runbook, with its meaning, place and remedy', () => {
    expect([...runbook.keys()].sort()).toEqual(alerts.map(({ alert }) => alert).sort());
    for (const entry of runbook.values())
      for (const part of ['**Means** ', '**Look** ', '**Do** ']) expect(entry).toContain(`\n${part}`);
  });

  test.each(alerts)(
    '$alert is valid for Prometheus, has a description, and links to its entry',
    ({ alert, expr, labels, annotations }) => {
      expect(() => selectorsOf(expr)).not.toThrow();
      expect(labels.severity).toMatch(/^(page|ticket)$/);
      expect(annotations.summary).toMatch(/\.$/);
      expect(annotations.runbook).toBe(`deploy/observability/runbook.md#${alert.toLowerCase()}`);
    },
  );
});

describe('the dashboard', () => {
  test('has panels without overlap, each with a query that Prometheus can parse', () => {
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => `${x + (index % w)} ${y + Math.floor(index / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    for (const { title, type, targets = [] } of dashboard.panels) {
      expect(targets.length > 0, title).toBe(type !== 'row');
      for (const { expr } of targets) expect(() => selectorsOf(expr), title).not.toThrow();
    }
  });
});

test('every row of the table of metrics has its name, type, labels and meaning', () => {
  expect(metricRows.length).toBe(Object.keys(documented).length);
  for (const cells of metricRows) expect(cells).toHaveLength(5);
  for (const { meaning } of Object.values(documented)) expect(meaning.length).toBeGreaterThan(5);
});

test('services log every line that the documents for operators quote', () => {
  expect(quotedLogLines.length).toBeGreaterThan(8);
  expect(quotedLogLines.filter((line) => !sources.includes(line))).toEqual([]);
});

test('every file is valid, and Prometheus scrapes every service', () => {
  expect(yamlFiles.length).toBeGreaterThan(4);
  for (const file of yamlFiles) expect(yaml(file), file).toBeTypeOf('object');
  const { scrape_configs: jobs, rule_files: rules } = yaml('prometheus.yml') as {
    scrape_configs: { job_name: string; dns_sd_configs: { names: string[]; port: number }[] }[];
    rule_files: string[];
  };
  expect(rules).toEqual(['alerts.yml']);
  expect(jobs.map(({ job_name: name }) => name).sort()).toEqual([
    'auth',
    'directory',
    'gateway',
    'hooks',
    'messages',
    'notifications',
    'web',
  ]);
  for (const { job_name: name, dns_sd_configs: found } of jobs)
    expect(found).toEqual([expect.objectContaining({ names: [name], port: 9464 })]);
});

test('only the compose profile starts Prometheus, Grafana and a collector, closed to strangers', () => {
  const profile = Object.entries(compose.services).filter(([, { profiles }]) =>
    profiles?.includes('observability'),
  );
  expect(profile.map(([name]) => name).sort()).toEqual(['grafana', 'otel-collector', 'prometheus']);
  expect(compose.services.grafana?.environment).toMatchObject({
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the file contains it literally
    GF_SECURITY_ADMIN_PASSWORD: '${GRAFANA_PASSWORD:?run deploy/init-env}',
    GF_AUTH_ANONYMOUS_ENABLED: 'false',
    GF_USERS_ALLOW_SIGN_UP: 'false',
  });
  for (const [name, { volumes = [] }] of profile) {
    const mounted = volumes.filter((volume) => volume.startsWith('./'));
    expect(mounted.length, name).toBeGreaterThan(0);
    for (const volume of mounted) expect(volume).toMatch(/^\.\/deploy\/observability\/.+:ro$/);
  }
});
