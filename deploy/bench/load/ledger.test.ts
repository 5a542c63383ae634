import { describe, expect, it } from 'vitest';
import { Ledger } from './ledger.ts';

const faultsOf = ({ received, repeated, disordered, gaps }: Ledger, expected: number) => ({
  lost: expected - received,
  repeated,
  disordered,
  gaps,
});
const none = { lost: 0, repeated: 0, disordered: 0, gaps: 0 };

describe('the check of deliveries', () => {
  it('finds no fault when every message arrives once and in order', () => {
    const ledger = new Ledger(2);
    for (const member of [0, 1])
      for (const [sender, nth, seq] of [
        [0, 1, 7],
        [1, 1, 8],
        [0, 2, 9],
      ] as const)
        ledger.receive(member, sender, nth, seq);
    expect(faultsOf(ledger, 6)).toEqual(none);
  });

  it('counts lost, repeated and late messages, and gaps in the numbers', () => {
    const lost = new Ledger(2);
    for (const nth of [1, 3]) lost.receive(1, 0, nth, undefined);
    expect(faultsOf(lost, 3)).toEqual({ ...none, lost: 1 });

    const repeated = new Ledger(2);
    for (const nth of [1, 2, 2, 1]) repeated.receive(1, 0, nth, undefined);
    expect(faultsOf(repeated, 2)).toEqual({ ...none, repeated: 2 });

    const disordered = new Ledger(2);
    for (const nth of [2, 1, 3]) disordered.receive(1, 0, nth, undefined);
    expect(faultsOf(disordered, 3)).toEqual({ ...none, disordered: 1 });

    const gaps = new Ledger(2);
    for (const [sender, seq] of [
      [0, 4],
      [1, 6],
    ] as const)
      gaps.receive(0, sender, 1, seq);
    expect(faultsOf(gaps, 2)).toEqual({ ...none, gaps: 1 });
  });

  it("also counts a sender's last messages as lost", () => {
    const ledger = new Ledger(2);
    ledger.receive(1, 0, 1, undefined);
    expect(faultsOf(ledger, 4)).toEqual({ ...none, lost: 3 });
  });
});
