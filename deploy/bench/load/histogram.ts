const subBuckets = 64;
const subBits = 6;

/** In milliseconds. */
export interface Latency {
  count: number;
  p50: number;
  p95: number;
  p99: number;
  max: number;
}

/**
 * Counts durations from 1 µs to over an hour in buckets at most 1.6 % wide, so millions need little
 * memory and no sorting.
 */
export class Histogram {
  readonly #counts = new Uint32Array(subBuckets * 28);
  #count = 0;
  #maxMs = 0;

  record(ms: number): void {
    const micros = Math.max(0, Math.round(ms * 1_000));
    const index = bucketOf(micros);
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.#count += 1;
    if (ms > this.#maxMs) this.#maxMs = ms;
  }

  summary(): Latency {
    return {
      count: this.#count,
      p50: this.#quantile(0.5),
      p95: this.#quantile(0.95),
      p99: this.#quantile(0.99),
      max: this.#maxMs,
    };
  }

  #quantile(share: number): number {
    const wanted = Math.ceil(this.#count * share);
    let seen = 0;
    for (const [index, count] of this.#counts.entries()) {
      seen += count;
      if (count > 0 && seen >= wanted) return Math.min(middleOf(index) / 1_000, this.#maxMs);
    }
    return 0;
  }
}

/** Below 64 µs each microsecond has its own bucket; above, each doubling is divided into 64. */
function bucketOf(micros: number): number {
  const shift = Math.max(0, 31 - Math.clz32(micros) - subBits);
  return shift === 0 ? micros : shift * subBuckets + (micros >> shift);
}

function middleOf(index: number): number {
  if (index < 2 * subBuckets) return index;
  const shift = Math.floor(index / subBuckets) - 1;
  return ((index - shift * subBuckets) << shift) + (1 << shift) / 2;
}
