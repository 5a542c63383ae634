export interface ExposedMetric {
  type: string;
  /** Labels of its samples, if it has any. */
  labels: Set<string>;
  samples: number;
}

const ofHistograms = /_(bucket|sum|count)$/;

/** The combined content of several pages of metrics. */
export async function scrapeAll(urls: readonly string[]): Promise<Map<string, ExposedMetric>> {
  const exposed = new Map<string, ExposedMetric>();
  for (const url of urls) {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${url} answers ${response.status}`);
    for (const line of (await response.text()).split('\n')) read(line, exposed);
  }
  return exposed;
}

function read(line: string, exposed: Map<string, ExposedMetric>): void {
  const [, name, type] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
  if (name && type && !exposed.has(name)) exposed.set(name, { type, labels: new Set(), samples: 0 });
  const [, sampled = '', labels = ''] = /^([a-zA-Z_]\w*)(?:\{(.*)\})? \S+$/.exec(line) ?? [];
  const metric = exposed.get(sampled) ?? exposed.get(sampled.replace(ofHistograms, ''));
  if (!metric) return;
  metric.samples += 1;
  for (const [, label = ''] of labels.matchAll(/(\w+)="(?:[^"\\]|\\.)*"/g))
    if (label !== 'le') metric.labels.add(label);
}
