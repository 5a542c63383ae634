import type { Fault } from './storm.ts';
import type { Finding } from './verdict.ts';

/** Counts the ends of service processes. An end that no fault caused is a crash. */
export class Deaths {
  readonly #reasons = new Map<string, string[]>();

  /** Takes a sentence that the stack reports about its parts. */
  record(line: string): void {
    const [, service, reason] = /^([a-z]+)-\d+ has ended \((.+)\)/.exec(line) ?? [];
    if (service && reason) this.#reasons.set(service, [...(this.#reasons.get(service) ?? []), reason]);
  }

  unasked(faults: readonly Fault[]): Finding[] {
    return [...this.#reasons].flatMap(([service, reasons]) => {
      const asked = faults.filter(({ part, blow }) => part === service && blow !== 'freeze').length;
      const crashed = reasons.length - asked;
      const distinct = [...new Set(reasons)].join(', ');
      return Array.from({ length: Math.max(crashed, 0) }, () => ({
        where: 'processes',
        kind: 'crashed' as const,
        what: `${service} ended ${reasons.length} times (${distinct}), ${asked} expected`,
      }));
    });
  }
}
