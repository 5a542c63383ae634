import type { Fault } from './storm.ts';
import type { Finding } from './verdict.ts';

/** Which processes of services ended, and whether anybody had asked for that: one that did without has crashed. */
export class Deaths {
  readonly #reasons = new Map<string, string[]>();

  /** Takes what the stack says of its parts. */
  hear(line: string): void {
    const [, service, reason] = /^([a-z]+)-\d+ has ended \((.+)\)/.exec(line) ?? [];
    if (service && reason) this.#reasons.set(service, [...(this.#reasons.get(service) ?? []), reason]);
  }

  unasked(faults: readonly Fault[]): Finding[] {
    return [...this.#reasons].flatMap(([service, reasons]) => {
      const asked = faults.filter(({ part, blow }) => part === service && blow !== 'freeze').length;
      const crashed = reasons.length - asked;
      return Array.from({ length: Math.max(crashed, 0) }, () => ({
        where: 'processes',
        kind: 'crashed' as const,
        what: `${service} ended ${reasons.length} times (${[...new Set(reasons)].join(', ')}), asked ${asked} times`,
      }));
    });
  }
}
