import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matches, rangesOf } from './match.ts';
import { choosePlan, shareScan } from './plan.ts';
import { parseQuery, toTsQuery } from './query.ts';
import { termsFor, termsOf } from './terms.ts';

const finds = (q: string, content: string) => matches(content, parseQuery(q));
const termsOfContent = (content: string) => termsOf({ roomId: 'r', senderId: 's', content });

describe('a query', () => {
  test('has words, phrases and excluded words; the last word may be incomplete', () => {
    expect(parseQuery('Foo "Bar  baz" -qux -"a b" la')).toEqual({
      words: [
        { text: 'foo', isPrefix: false },
        { text: 'bar baz', isPrefix: false },
        { text: 'la', isPrefix: true },
      ],
      excluded: [
        { text: 'qux', isPrefix: false },
        { text: 'a b', isPrefix: false },
      ],
    });
    expect(parseQuery('la "foo"').words).toEqual([
      { text: 'la', isPrefix: false },
      { text: 'foo', isPrefix: false },
    ]);
  });

  test.each([
    ['(hello),', 'hello'],
    ['“hello”', 'hello'],
    ['C++', 'c++'],
    ['#tag.', '#tag'],
    ['你好。', '你好'],
    ['well-known', 'well-known'],
  ])('%s looks for %s', (q, text) => expect(parseQuery(q).words).toMatchObject([{ text }]));

  test.each(['', '  ', '-', '"', '""', '- "" -'])('%j has no words', (q) =>
    expect(parseQuery(q)).toEqual({ words: [], excluded: [] }),
  );

  test('becomes terms without anything that the database could misread', () => {
    expect(toTsQuery(parseQuery(`it's a\\b & c | !d:* 'e' <-> qwen3`), [':link'])).toBe(
      "':link' & 'it' & 's' & 'a' & 'b' & 'c' & 'd' & 'e' & 'qwen3':*",
    );
    expect(toTsQuery(parseQuery('++ :)'), [])).toBeNull();
  });
});

describe('a message is found', () => {
  test.each([
    ['hello', 'Hello, world'],
    ['wor', 'Hello, world'],
    ['hello world', 'world: hello'],
    ['"hello, world"', 'Hello,   world!'],
    ['to be or not to be', 'To be, or not to be'],
    ['cafe', 'Café'],
    ['istanbul', 'İstanbul'],
    ['ΟΔΟΣ', 'οδος'],
    ['strasse', 'Straße'],
    ['file', 'ﬁle'],
    ['abc', 'ＡＢＣ'],
    ['كتب', 'كَتَبَ الولد'],
    ['مرحبا', 'مـرحـبا'],
    ['上海', '我家在上海东边'],
    ['上', '我家在海上'],
    ['鈴虫', 'バッタと鈴虫'],
    ['ﾊﾞｯﾀ', 'バッタと鈴虫'],
    ['한국', '한국어를 배워요'],
    ['ภาษา', 'ฉันรักภาษาไทย'],
    ['မြန်မာ', 'ကျွန်တော်မြန်မာစကားပြောတယ်'],
    ['привет', 'ПРИВЕТ мир'],
    ['2024', '上海2024年'],
    ['qwen', 'qwen3.6'],
    ['qwen3.6', 'try qwen3.6 now'],
    ['"3.6"', 'try qwen3.6 now'],
    ['foo', 'foo.png'],
    ['"foo.png"', '(foo.png)'],
    ['"C++20"', 'in c++20 modules'],
    ['"c++"', 'in C++20'],
    ['10.100.200.101', 'ping 10.100.200.101 now'],
    ['https://example.org/a?b=1', 'see https://example.org/a?b=1#c'],
    ['example.org', 'see https://example.org/a'],
    ['🎉', 'done 🎉🎉'],
    ['#tag', 'a #tag here'],
    ['foo -bar', 'foo barn'],
  ])('by %s in %s', (q, content) => {
    expect(finds(q, content)).toBe(true);
    const words = parseQuery(q).words.flatMap(({ text, isPrefix }) => termsFor(text, isPrefix));
    const terms = [...termsOfContent(content)];
    for (const { term, isPrefix } of words)
      expect(terms.some((one) => (isPrefix ? one.startsWith(term) : one === term))).toBe(true);
    expect(rangesOf(content, parseQuery(q))).not.toEqual([]);
  });

  test.each([
    ['hell world', 'hello world'],
    ['"hell"', 'hello'],
    ['"world hello"', 'hello world'],
    ['orld', 'hello world'],
    ['"c++2"', 'c++20'],
    ['"10.100.200.10"', '10.100.200.101'],
    ['foo -bar', 'foo bar'],
    // The vowel sign belongs to the last consonant.
    ['"ภาษ"', 'ภาษี'],
    ['上海', '海上'],
  ])('not by %s in %s', (q, content) => expect(finds(q, content)).toBe(false));

  test('whenever it contains a part of itself, whatever the characters', () => {
    const alphabet = [...'aB7é ٣上が한ไั.+-_#ß🎉', 'ﬁ', '\u0301', '\u200d', 'İ', '𝔸', 'ｶﾞ', '\n'];
    const text = fc
      .array(fc.constantFrom(...alphabet), { minLength: 1, maxLength: 90 })
      .map((characters) => characters.join(''));
    fc.assert(
      fc.property(text, fc.nat(90), fc.nat(20), fc.boolean(), (content, start, length, isPrefix) => {
        const characters = [...content];
        const part = characters
          .slice(start % characters.length)
          .slice(0, length + 1)
          .join('');
        for (const word of parseQuery(`"${part}"`).words) {
          const asked = { words: [{ ...word, isPrefix }], excluded: [] };
          if (!matches(content, asked)) continue;
          const terms = [...termsOfContent(content)];
          for (const { term, isPrefix: isStart } of termsFor(word.text, isPrefix))
            if (!terms.some((one) => (isStart ? one.startsWith(term) : one === term)))
              throw new Error(`${JSON.stringify(content)} lacks ${JSON.stringify(term)}`);
          for (const { start: from, length: units } of rangesOf(content, asked))
            if (from < 0 || units < 1 || from + units > content.length) throw new Error('outside');
        }
      }),
      { seed: 7, numRuns: 5_000 },
    );
  });
});

test('a text of ASCII has the terms that it has beside other scripts', () => {
  const text = fc.string({ unit: fc.constantFrom(...'aBc12 .+-_:'), maxLength: 60 });
  fc.assert(
    fc.property(text, (content) => {
      const beside = termsOfContent(`${content} 上`);
      beside.delete('上');
      if ([...termsOfContent(content)].sort().join() !== [...beside].sort().join()) throw new Error(content);
    }),
    { seed: 3, numRuns: 2_000 },
  );
});

test('ranges are those of the original text', () => {
  const shown = (q: string, content: string) =>
    rangesOf(content, parseQuery(q)).map(({ start, length }) => content.slice(start, start + length));
  expect(shown('hello', 'Say  HELLO, hello')).toEqual(['HELLO', 'hello']);
  expect(shown('cafe', 'das  Cafe\u0301 ist')).toEqual(['Cafe\u0301']);
  expect(shown('strasse', 'die Straße 5')).toEqual(['Straße']);
  expect(shown('東京', '東京と東京')).toEqual(['東京', '東京']);
  expect(shown('a "a b"', 'x a b')).toEqual(['a b']);
  expect(shown('foo -bar', 'foo')).toEqual(['foo']);
  expect(rangesOf('a '.repeat(500), parseQuery('"a"'))).toHaveLength(50);
});

test('a message of the maximum length has all of its words in the index', () => {
  const words = Array.from({ length: 1_600 }, (_, index) => `w${index}x`);
  const terms = termsOfContent(words.join(' '));
  for (const word of words) expect(terms.has(word)).toBe(true);
});

test('words that are in many messages are found by walking the rooms, others by the index', () => {
  const rooms = Array.from({ length: 200 }, () => 500);
  const plan = (frequency: number, total: number, rows: readonly number[] = rooms) =>
    choosePlan({ frequency, total, rooms: rows, limit: 30 });
  expect(plan(0.6, 10_000_000)).toBe('walk');
  expect(plan(0.05, 10_000_000)).toBe('walk');
  expect(plan(0.002, 10_000_000)).toBe('index');
  expect(plan(0.000_01, 10_000_000)).toBe('index');
  expect(plan(0, 10_000_000)).toBe('index');
  expect(plan(0.5, 1_000_000, [1_000_000])).toBe('walk');
  expect(plan(0.000_01, 1_000_000, [1_000_000])).toBe('index');
});

test('a scan is shared so that rooms with few changes are read completely', () => {
  const lag = (roomId: string, changes: number) => ({ roomId, changes, through: 0 });
  const taken = (...lags: ReturnType<typeof lag>[]) =>
    Object.fromEntries(shareScan(lags, 100).map(({ roomId, take }) => [roomId, take]));
  expect(taken(lag('a', 1_000), lag('b', 5), lag('c', 1))).toEqual({ a: 94, b: 5, c: 1 });
  expect(taken(lag('a', 1_000), lag('b', 900))).toEqual({ a: 50, b: 50 });
  expect(taken(lag('a', 100))).toEqual({ a: 100 });
});
