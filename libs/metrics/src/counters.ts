import type { Registry } from 'prom-client';

/** A number that only grows. */
export class Counter {
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(count = 1): void {
    this.#count += count;
  }
}

/** Counts values in buckets. A value belongs to the first bucket whose bound it does not exceed. */
export class Histogram {
  readonly #bounds: readonly number[];
  readonly #counts: number[];
  #sum = 0;

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = new Array<number>(bounds.length + 1).fill(0);
  }

  record(value: number): void {
    let bucket = 0;
    while (bucket < this.#bounds.length && value > (this.#bounds[bucket] ?? 0)) bucket += 1;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#sum += value;
  }

  /** Prometheus buckets are cumulative: each includes the counts of the previous ones. */
  samples(name: string, labels: Labels): Sample[] {
    let count = 0;
    const buckets = [...this.#bounds, '+Inf'].map((bound, index) => {
      count += this.#counts[index] ?? 0;
      return { metricName: `${name}_bucket`, labels: { ...labels, le: String(bound) }, value: count };
    });
    return [
      ...buckets,
      { metricName: `${name}_sum`, labels, value: this.#sum },
      { metricName: `${name}_count`, labels, value: count },
    ];
  }
}

type Labels = Record<string, string>;
interface Sample {
  metricName: string;
  labels: Labels;
  value: number;
}

/**
 * A metric with a member for each combination of labels. Frequent callers keep the member, because
 * using it allocates nothing. The counters and histograms of prom-client allocate for each value.
 */
export class LabeledMetric<Member> {
  readonly #members = new Map<string, { labels: Labels; member: Member }>();
  readonly #labelNames: readonly string[];
  readonly #create: () => Member;

  constructor(labelNames: readonly string[], create: () => Member) {
    this.#labelNames = labelNames;
    this.#create = create;
  }

  /** @param values the label values, in the order of the label names */
  of(...values: string[]): Member {
    const key = values.join('\n');
    const known = this.#members.get(key);
    if (known) return known.member;
    const labels = Object.fromEntries(this.#labelNames.map((name, index) => [name, values[index] ?? '']));
    const member = this.#create();
    this.#members.set(key, { labels, member });
    return member;
  }

  /** Adds the metric to a registry. */
  register(
    registry: Registry,
    shown: { name: string; help: string; type: string },
    samples: (member: Member, labels: Labels) => Sample[],
  ): this {
    const get = async () => ({
      ...shown,
      aggregator: 'sum',
      values: [...this.#members.values()].flatMap(({ member, labels }) => samples(member, labels)),
    });
    registry.registerMetric({ ...shown, get, reset: () => this.#members.clear() } as unknown as Parameters<
      Registry['registerMetric']
    >[0]);
    return this;
  }
}
