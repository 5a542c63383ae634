import { describe, expect, it } from 'vitest';
import {
  canonicalReaction,
  cutText,
  imitates,
  isBlank,
  isVisibleName,
  makeVisible,
  skeletonsOf,
  tidyName,
} from './index.ts';

describe('a text is blank', () => {
  it.each([
    ['nothing', ''],
    ['spaces of every kind', ' \t\n\u00a0\u2003\u3000\u1680'],
    ['zero-width characters and joiners', '\u200b\u200c\u200d\u2060\ufeff'],
    ['Hangul fillers', '\u3164\u115f\u1160\uffa0'],
    ['a braille blank', '\u2800'],
    ['variation selectors', '\ufe0f\u{e0100}'],
    ['tag characters', '\u{e0041}\u{e007f}'],
    ['a soft hyphen and a combining grapheme joiner', '\u00ad\u034f'],
    ['line separators', '\u2028\u2029\u0085'],
    ['direction marks and overrides', '\u200e\u202e\u2066\u061c'],
    ['a null note and hieroglyphic blanks', '\u{1d159}\u{13441}\u{13442}'],
    ['a Khitan filler and a Tifinagh joiner', '\u{16fe4}\u2d7f'],
  ])('if it consists of %s', (_what, text) => expect(isBlank(text)).toBe(true));

  it.each(['a', '.', '😀', '👍🏽', '🇩🇪', ' न', '\u0600', '\u2800x'])('unlike %j', (text) =>
    expect(isBlank(text)).toBe(false),
  );
});

describe('a name', () => {
  it.each([
    ['Persian with a ZWNJ', 'علی\u200cرضا'],
    ['Sinhala with a ZWJ', 'ශ\u0dca\u200dරී'],
    ['Bengali with a ZWJ before the virama', 'র\u200d\u09cdয'],
    ['Malayalam with a final ZWJ', 'അവന\u0d4d\u200d'],
    ['a family emoji', 'The 👨\u200d👩\u200d👧 Smiths'],
    ['emoji with selectors', 'Ada ❤\ufe0f'],
    ['a keycap', 'Team 1\ufe0f\u20e3'],
    ['a flag of a country', '🇨🇭 Anna'],
    ['a flag of a region', '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}'],
    ['decomposed Vietnamese', 'Nguyễn'.normalize('NFD')],
    ['Thai', 'กิ๊บ'],
    ['Hebrew with points', 'שָׁלוֹם'],
    ['Turkish', 'Iğdır İstanbul'],
    ['Japanese with an ideographic space', '山田　太郎'],
    ['punctuation', "d'Arc, J. (née_x) – 100%!"],
  ])('may be %s', (_what, name) => {
    expect(isVisibleName(name)).toBe(true);
    expect(makeVisible(name)).toBe(tidyName(name));
  });

  it.each([
    ['a line break', 'ada\nlovelace'],
    ['a line separator', 'ada\u2028lovelace'],
    ['a direction override', 'ada\u202eecalevol'],
    ['a direction isolate', 'ada\u2066'],
    ['a zero-width space', 'ada\u200b'],
    ['a joiner between Latin letters', 'a\u200dda'],
    ['a non-joiner at the end of a Persian word', 'علی\u200c'],
    ['two joiners in a row', 'علی\u200c\u200cرضا'],
    ['a selector after a letter', 'ada\ufe0f'],
    ['a selector after a digit', 'ada1\ufe0f'],
    ['a joiner after an emoji', 'ada 👨\u200d'],
    ['a Hangul filler', '\u3164\u3164'],
    ['a braille blank', 'ada\u2800'],
    ['a soft hyphen', 'a\u00adda'],
    ['tags without a flag', 'ada\u{e0041}\u{e0042}'],
    ['tags without an end after a flag', '🏴\u{e0067}\u{e0062}'],
    ['a combining grapheme joiner', 'a\u034fda'],
    ['a mark without a letter', '\u0301ada'],
    ['more than four marks on a letter', `a${'\u0300\u0301\u0302\u0303\u0304'}da`],
    ['the same mark twice', 'a\u0301\u0301da'],
    ['a private-use character', 'ada\ue000'],
    ['a Khitan filler', 'ada\u{16fe4}'],
    ['half a surrogate pair', 'ada\ud800'],
    ['nothing', ''],
  ])('does not contain %s', (_what, name) => {
    expect(isVisibleName(name)).toBe(false);
    const rest = makeVisible(name);
    expect(rest === '' || isVisibleName(rest)).toBe(true);
  });
});

const look = (a: string, b: string) => skeletonsOf(a).some((one) => skeletonsOf(b).includes(one));

describe('a name looks like another one', () => {
  it.each([
    ['with Cyrillic letters', 'раураl', 'paypal'],
    ['with Cyrillic capitals', 'АDА', 'ada'],
    ['with Greek letters', 'αdα', 'ada'],
    ['with mathematical letters', '𝐚𝖉𝒂', 'ada'],
    ['with full-width letters', 'ａｄａ', 'ADA'],
    ['with a capital I for an l', 'PayPaI', 'PayPal'],
    ['with digits for letters', 'r00t', 'root'],
    ['with rn for m', 'adrnin', 'admin'],
    ['with invisible characters', 'a\u200bd\ufe0fa\u3164', 'ada'],
    ['without a joiner', 'علیرضا', 'علی\u200cرضا'],
    ['in another normalization', 'Zoë'.normalize('NFD'), 'zoë'],
    ['with a dotless i', 'adm\u0131n', 'admin'],
    ['with a second dot', 'admi\u0307n', 'admin'],
  ])('%s', (_what, imitation, name) => expect(look(imitation, name)).toBe(true));

  it.each([
    ['Kai', 'Kal'],
    ['Zoë', 'Zoe'],
    ['Ada', 'Eda'],
    ['ada 1', 'ada 2'],
    ['иван', 'ivan'],
  ])('unlike %s and %s', (a, b) => expect(look(a, b)).toBe(false));

  it('also with other spaces and punctuation, if it is reserved', () => {
    for (const name of [
      'deleted user\ufe0f',
      'delеted user',
      'Deleted\u00a0 User',
      'deleted_user',
      'DELETED.USER!',
    ])
      expect(imitates(name, 'deleted user')).toBe(true);
    expect(imitates('deleted user 7', 'deleted user')).toBe(false);
  });
});

describe('a cut text', () => {
  it('ends between what readers see as characters', () => {
    for (const one of ['👨\u200d👩\u200d👧', '👍🏽', '🇩🇪', 'e\u0301', 'क्षि', '❤\ufe0f', '각', '\r\n'])
      for (let room = 0; room <= one.length; room++)
        expect(cutText(`${'x'.repeat(10)}${one}y`, 10 + room)).toBe(
          'x'.repeat(10) + (room === one.length ? one : ''),
        );
  });

  it('is never longer than asked, even if one character is', () => {
    const tall = `a${'\u0300'.repeat(1_000)}`;
    expect(cutText(tall, 10)).toBe(tall.slice(0, 10));
    expect(cutText(`${'😀\u200d'.repeat(100)}`, 4).isWellFormed()).toBe(true);
  });
});

describe('a reaction', () => {
  it.each([
    ['❤', '❤\ufe0f'],
    ['❤\ufe0e', '❤\ufe0f'],
    ['👍\ufe0f\u200b', '👍'],
    ['👍\u200d', '👍'],
    ['\u2060👍🏽', '👍🏽'],
    ['⛹🏽\u200d♂', '⛹🏽\u200d♂\ufe0f'],
    ['🏳\u200d🌈', '🏳\ufe0f\u200d🌈'],
    ['#\u20e3', '#\ufe0f\u20e3'],
    [
      '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
      '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
    ],
    ['🇩🇪', '🇩🇪'],
    [' :+1: ', ':+1:'],
  ])('%j has the form %j, and no other', (reaction, form) => {
    expect(canonicalReaction(reaction)).toBe(form);
    expect(canonicalReaction(form)).toBe(form);
  });
});
