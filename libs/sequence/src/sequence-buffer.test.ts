import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Numbered, type Query, SequenceBuffer } from './sequence-buffer.ts';

const item = (seq: number): Numbered => ({ seq });
const numbers = (items: readonly Numbered[]) => items.map(({ seq }) => seq);
const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

/** Asks, and answers with these items. */
function answer(buffer: SequenceBuffer<Numbered>, last: number, items: readonly Numbered[]): number[] {
  const query = buffer.ask();
  if (query === undefined) throw new Error('nothing is asked for');
  return numbers(buffer.answer(query, { items, upTo: last, atEnd: false }));
}

describe('a sequence buffer', () => {
  test('delivers items in order at once, and repeated ones never', () => {
    const buffer = new SequenceBuffer(10, 0);
    expect(numbers(buffer.accept(item(1)))).toEqual([1]);
    expect(numbers(buffer.accept(item(1)))).toEqual([]);
    expect(numbers(buffer.accept(item(2)))).toEqual([2]);
    expect([buffer.gap, buffer.ask()]).toEqual([false, undefined]);
  });

  test('holds an early item until those before it have arrived, and asks for them', () => {
    const buffer = new SequenceBuffer(10, 0);
    expect(numbers(buffer.accept(item(3)))).toEqual([]);
    expect([buffer.gap, buffer.ask()]).toEqual([true, { after: 0, toEnd: false }]);
    expect(numbers(buffer.accept(item(1)))).toEqual([1]);
    expect(numbers(buffer.accept(item(2)))).toEqual([2, 3]);
    expect(buffer.gap).toBe(false);
  });

  test('an answer fills the gap, with numbers that have no item any more and some that have two', () => {
    const buffer = new SequenceBuffer(10, 4);
    buffer.accept(item(9));
    expect(answer(buffer, 8, [3, 5, 8, 8].map(item))).toEqual([5, 8, 8, 9]);
    expect(buffer.last).toBe(9);
  });

  test('without a start, it begins where it is told to, with the items that arrived meanwhile', () => {
    const buffer = new SequenceBuffer(10);
    expect(numbers([7, 8, 9].flatMap((seq) => buffer.accept(item(seq))))).toEqual([]);
    expect(numbers(buffer.begin(7))).toEqual([8, 9]);
    expect(buffer.gap).toBe(false);
  });

  test('a beginning beyond its start, or an announced number, is a gap', () => {
    const buffer = new SequenceBuffer(10, 3);
    expect(buffer.begin(5)).toEqual([]);
    expect([buffer.last, buffer.gap]).toEqual([3, true]);
    expect(answer(buffer, 5, [4, 5].map(item))).toEqual([4, 5]);
    buffer.expect(6);
    expect(buffer.ask()).toEqual({ after: 5, toEnd: false });
  });

  test('the number of held items is bounded, and the rest of a flood behind a gap is asked for', () => {
    const buffer = new SequenceBuffer(1_000, 0);
    for (let seq = 2; seq <= 5_000; seq++) buffer.accept(item(seq));
    expect(buffer.held).toBe(1_000);
    expect(answer(buffer, 1, [item(1)])).toEqual(upTo(1_001));
    expect(buffer.gap).toBe(true);
    expect(answer(buffer, 5_000, upTo(5_000).map(item)).at(-1)).toBe(5_000);
  });

  test('a check asks page by page until the end, again if it is repeated while one is answered', () => {
    const buffer = new SequenceBuffer(10, 0);
    const ask = () => buffer.ask() ?? expect.fail('nothing is asked for');
    buffer.check();
    const first = ask();
    expect(first).toEqual({ after: 0, toEnd: true });
    buffer.answer(first, { items: [item(1)], upTo: 1, atEnd: false });
    const second = ask();
    expect(second).toEqual({ after: 1, toEnd: true });
    buffer.check();
    buffer.answer(second, { items: [], upTo: 1, atEnd: true });
    buffer.answer(ask(), { items: [], upTo: 1, atEnd: true });
    expect(buffer.ask()).toBeUndefined();
  });

  test('a gap that is given up is skipped up to the end, or to the first held item', () => {
    const buffer = new SequenceBuffer(10, 3);
    buffer.expect(90);
    expect(numbers(buffer.giveUp(buffer.ask() as Query, 3))).toEqual([]);
    expect([buffer.last, buffer.gap]).toEqual([3, false]);
    for (const seq of [9, 10, 12]) buffer.accept(item(seq));
    expect(numbers(buffer.giveUp(buffer.ask() as Query, 3))).toEqual([9, 10]);
    expect(buffer.ask()).toEqual({ after: 10, toEnd: false });
  });
});

type Step =
  | { do: 'write' | 'announce' | 'check' | 'begin' | 'fail' | 'answer late' }
  /** The item with this number arrives: one of the latest, counted backwards. */
  | { do: 'arrive'; back: number }
  /**
   * An answer of at most `page` numbers, computed `old` writes ago if it was asked for by then. It
   * also contains items `beyond` its range.
   */
  | { do: 'answer'; page: number; old: number; beyond: number }
  | { do: 'restart'; back: number };

const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.constant<Step>({ do: 'write' }) },
    { weight: 12, arbitrary: fc.record({ do: fc.constant('arrive' as const), back: fc.nat(12) }) },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('answer' as const),
        page: fc.nat(8),
        old: fc.nat(4),
        beyond: fc.nat(2),
      }),
    },
    {
      weight: 2,
      arbitrary: fc
        .constantFrom('announce' as const, 'check' as const, 'begin' as const, 'fail' as const)
        .map((what): Step => ({ do: what })),
    },
    { weight: 1, arbitrary: fc.constant<Step>({ do: 'answer late' }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const), back: fc.nat(5) }) },
  ) satisfies fc.Arbitrary<Step>,
  { maxLength: 150, size: 'max' },
);

/** A buffer and its model: a list of the numbers that are here, and the last delivered number. */
class Run {
  readonly #buffer: SequenceBuffer<Numbered>;
  readonly #maxHeld: number;
  /** Numbers whose items exist in no answer, because later ones replaced them. */
  readonly #replaced: ReadonlySet<number>;
  #head = 3;
  #here: number[] = [];
  #delivered: number[] = [];
  #start: number | undefined;
  #last: number | undefined;
  #known = 0;
  #checking = false;
  #query: Query | undefined;
  /** The head when the outstanding query was asked. */
  #headThen = 0;
  #old: Query[] = [];

  constructor(maxHeld: number, start: number | undefined, replaced: readonly number[]) {
    this.#maxHeld = maxHeld;
    this.#buffer = new SequenceBuffer(maxHeld, start);
    this.#replaced = new Set(replaced);
    this.#start = start;
    this.#last = start;
  }

  step(step: Step): void {
    const buffer = this.#buffer;
    if (step.do === 'write') this.#head++;
    else if (step.do === 'arrive') this.#arrive(Math.max(1, this.#head - step.back));
    else if (step.do === 'answer') this.#answer(step);
    else if (step.do === 'restart') {
      const seq = Math.max(0, this.#head - step.back);
      buffer.restart(seq);
      this.#end();
      [this.#start, this.#last, this.#known] = [seq, seq, seq];
      [this.#here, this.#delivered] = [[], []];
    } else if (step.do === 'begin') {
      this.#known = Math.max(this.#known, this.#head);
      this.#start ??= this.#head;
      this.#moveTo(buffer.begin(this.#head), this.#last ?? this.#head, []);
    } else if (step.do === 'announce') {
      buffer.expect(this.#head);
      this.#known = Math.max(this.#known, this.#head);
    } else if (step.do === 'check') {
      buffer.check();
      this.#checking = true;
    } else if (step.do === 'fail' && this.#query) {
      buffer.failed(this.#query);
      this.#checking ||= this.#query.toEnd;
      this.#end();
    } else if (step.do === 'answer late') {
      // The query failed, or the buffer was restarted.
      for (const query of this.#old)
        expect(buffer.answer(query, { items: upTo(99).map(item), upTo: 99, atEnd: true })).toEqual([]);
    }
    this.#expectQuery();
    this.#expectOrder();
  }

  /** Everything is found by a check. */
  finish(): void {
    this.step({ do: 'begin' });
    this.step({ do: 'check' });
    for (let pages = 0; this.#query; pages++) {
      expect(pages).toBeLessThan(500);
      this.step({ do: 'answer', page: 5, old: 0, beyond: 0 });
    }
    expect([this.#buffer.last, this.#buffer.held, this.#buffer.gap]).toEqual([this.#head, 0, false]);
  }

  #arrive(seq: number): void {
    const items = this.#buffer.accept(item(seq));
    if (this.#last !== undefined && seq <= this.#last) {
      expect(items).toEqual([]);
      return;
    }
    this.#known = Math.max(this.#known, seq);
    const isNext = this.#last !== undefined && seq === this.#last + 1;
    if (isNext || this.#here.length < this.#maxHeld) this.#here = [...new Set([...this.#here, seq])];
    if (this.#last === undefined) expect(items).toEqual([]);
    else this.#moveTo(items, this.#last, []);
  }

  #answer({ page, old, beyond }: { page: number; old: number; beyond: number }): void {
    const query = this.#query;
    if (query === undefined) return;
    const head = Math.max(this.#headThen, query.after, this.#head - old);
    const end = Math.min(head, query.after + page);
    const atEnd = end === head;
    const found = upTo(end + beyond).filter((seq) => seq > query.after - beyond && !this.#replaced.has(seq));
    const delivered = this.#buffer.answer(query, { items: found.map(item), upTo: end, atEnd });
    if (query.toEnd && !atEnd) this.#checking = true;
    this.#end();
    this.#moveTo(delivered, end, found);
  }

  /** The model moves to a number, delivers what was found on the way, and then what is here. */
  #moveTo(items: readonly Numbered[], seq: number, found: readonly number[]): void {
    const before = this.#last ?? 0;
    let last = Math.max(before, seq);
    const expected = found.filter((one) => one > before && one <= seq);
    for (; this.#here.includes(last + 1); last++) expected.push(last + 1);
    this.#here = this.#here.filter((one) => one > last);
    this.#last = last;
    expect(numbers(items)).toEqual(expected);
    this.#delivered.push(...expected);
  }

  #end(): void {
    if (this.#query) this.#old.push(this.#query);
    this.#query = undefined;
  }

  #expectQuery(): void {
    const behind = this.#last !== undefined && (this.#known > this.#last || this.#checking);
    expect(this.#buffer.behind).toBe(behind);
    const query = this.#buffer.ask();
    if (this.#query || !behind) expect(query).toBeUndefined();
    else {
      expect(query).toEqual({ after: this.#last, toEnd: this.#checking });
      [this.#query, this.#checking, this.#headThen] = [query, false, this.#head];
    }
    expect(this.#buffer.ask()).toBeUndefined();
  }

  #expectOrder(): void {
    expect(this.#buffer.last).toBe(this.#last);
    expect(this.#buffer.held).toBe(this.#here.length);
    expect(this.#buffer.held).toBeLessThanOrEqual(this.#maxHeld);
    if (this.#start === undefined) return;
    // Each number since the start once and in order; only replaced ones may be missing.
    const numbered = upTo(this.#last ?? 0).slice(this.#start);
    const delivered = new Set(this.#delivered);
    expect(this.#delivered).toEqual(numbered.filter((seq) => delivered.has(seq) || !this.#replaced.has(seq)));
  }
}

test.each([1, 2, 3, 4])(
  'property: however items arrive and queries are answered, each is delivered once, in order, ' +
    'as soon as possible, and what is missing is asked for once (seed %i)',
  (seed) => {
    const maxHeld = fc.integer({ min: 1, max: 6 });
    const start = fc.option(fc.nat(3), { nil: undefined });
    const replaced = fc.oneof(fc.constant([]), fc.array(fc.integer({ min: 1, max: 60 })));
    fc.assert(
      fc.property(maxHeld, start, replaced, steps, (limit, from, gone, all) => {
        const run = new Run(limit, from, gone);
        for (const step of all) run.step(step);
        run.finish();
      }),
      { numRuns: 50, seed },
    );
  },
);
