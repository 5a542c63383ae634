import type { Registry } from 'prom-client';

/** One number that only grows. */
export class Counter {
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(count = 1): void {
    this.#count += count;
  }
}

/** How values are spread over buckets: each counts in the first whose bound it does not exceed. */
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

  /** As Prometheus reads it: each bucket counts what the ones before it do, too. */
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
 * A metric with a member for each combination of labels. Whoever counts often keeps the member: counting with it makes no object, which the library's own counters
 * and histograms do for each value.
 */
export class LabeledMetric<Member> {
  readonly #members = new Map<string, { labels: Labels; member: Member }>();
  readonly #labelNames: readonly string[];
  readonly #create: () => Member;

  constructor(labelNames: readonly string[], create: () => Member) {
    this.#labelNames = labelNames;
    this.#create = create;
  }

  /** @param values of the labels, in their order */
  of(...values: string[]): Member {
    const key = values.join('\n');
    const known = this.#members.get(key);
    if (known) return known.member;
    const labels = Object.fromEntries(this.#labelNames.map((name, index) => [name, values[index] ?? '']));
    const member = this.#create();
    this.#members.set(key, { labels, member });
    return member;
  }

  /** Shows it among a registry's metrics. */
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
