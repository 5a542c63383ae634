import { describe, expect, it } from 'vitest';
import { mentionKey, possibleMentions } from './mentions.ts';

/** The members whom the text mentions. */
const mentioned = (content: string, ...members: string[]): string[] =>
  possibleMentions(content).flatMap(({ names }) => {
    const key = names.find((name) => members.some((member) => mentionKey(member) === name));
    return members.filter((member) => mentionKey(member) === key);
  });

describe('a mention', () => {
  it.each([
    ['@john.doe', 'john.doe'],
    ['@john-doe!', 'john-doe'],
    ['hi @John  Doe, hello', 'john doe'],
    ['(@john_doe)', 'john_doe'],
    ["@john's", 'john'],
    ['@john. Doe', 'john'],
    ['@john\ndoe', 'john'],
    ['@john', 'john'],
  ])('is of the member with the longest name: %j', (content, name) => {
    expect(mentioned(content, 'john', 'john.doe', 'john-doe', 'john doe', 'john_doe')).toEqual([name]);
  });

  it.each([
    ['a full-width sign', '＠ann', 'ann'],
    ['a small sign', '﹫ann', 'ann'],
    ['another normalization', `@${'Zoë'.normalize('NFD')}`, 'zoë'],
    ['another width', '@ａｎｎ！', 'ann'],
    ['a final sigma', '@ΟΔΥΣΣΕΥΣ', 'οδυσσευς'],
    ['a missing joiner', '@علیرضا', 'علی\u200cرضا'],
    ['a joiner', '@علی\u200cرضا', 'علی\u200cرضا'],
    ['an emoji in the name', '@ann ❤!', 'ann ❤\ufe0f'],
    ['capitals for a sharp s', '@STRASSE', 'Straße'],
    ['a capital sharp s', '@STRAẞE', 'Straße'],
    ['a capital with a dot', '@IRMAK', 'ırmak'],
    ['a small letter for a dotted capital', '@irem', 'İrem'],
    ['a curly apostrophe', '@o’brien', "o'brien"],
    ['a straight apostrophe', "@o'brien", 'o’brien'],
    ['emphasis', '_@ann_ left', 'ann'],
    ['strong emphasis', '**__@ann__**', 'ann'],
    ['an Arabic conjunction before it', 'و@علی', 'علی'],
    ['a Hebrew preposition before it', 'ל@יוסי', 'יוסי'],
    ['a path before it', 'me/@ann', 'ann'],
    ['a web address before it', 'https://example.org/?a=b,@ann', 'ann'],
  ])('may have %s', (_what, content, member) => expect(mentioned(content, member)).toEqual([member]));

  it.each([
    ['Chinese, without spaces', '你好@田中你好', '田中'],
    ['Japanese, with a suffix', '@田中さん、どうも', '田中'],
    ['Katakana with a long vowel', '@マリーは', 'マリー'],
    ['Korean, with a particle', '@철수야', '철수'],
    ['Thai', 'สวัสดี@สมชายครับ', 'สมชาย'],
    ['a digit after Chinese', '@田中3時', '田中'],
    ['Latin before Chinese', '@john說', 'john'],
    ['Latin before Cyrillic', '@johnу', 'john'],
    ['Hebrew before Latin', '@דודs', 'דוד'],
    ['a digit before Chinese', '@ann2さん', 'ann2'],
    ['Devanagari before a danda', '@राम।', 'राम'],
    ...[...'.,:;!?…)]}»”’\'"、。！？」·~*_-–—&%$#+=|<>^`'].map((sign) => [
      `the sign ${sign}`,
      `@ann ${sign}`,
      'ann',
    ]),
    ['an underscore', '@ann_', 'ann'],
    ...[...'.,:;!?…)]}»”’\'"、。！？」·~*-–—&%$#+=|<>^`@'].map((sign) => [
      `${sign} at once`,
      `@ann${sign}x`,
      'ann',
    ]),
  ])('may be followed by %s', (_what, content, member) =>
    expect(mentioned(content ?? '', member ?? '')).toEqual([member]),
  );

  it.each([
    ['the start of a longer name', '@annabel', 'anna'],
    ['the start of a name with digits', '@ann2', 'ann'],
    ['the start of a name with an underscore', '@ann_lee', 'ann'],
    ['a name within a character', '@กิ', 'ก'],
    ['an address', 'me@ann.org', 'ann.org'],
    ['an address in full width', 'me＠ann', 'ann'],
    ['an address with an underscore', 'me_@ann.org', 'ann'],
    ['an address after a mention', '@bob or me@ann.org', 'ann'],
    ['a part of a web address', 'see https://example.org/@ann/1', 'ann'],
    ['a part of a web address without a scheme', 'www.example.org/@ann', 'ann'],
    ['a name across a web address', '@ann https://example.org lee', 'ann lee'],
    ['a sign apart', '@ ann', 'ann'],
    ['a name across lines', '@ann\nlee', 'ann lee'],
  ])('is not %s', (_what, content, member) => expect(mentioned(content, member)).toEqual([]));

  it('may follow another one at once', () => {
    expect(mentioned('@ann@bob@田中@eve!', 'ann', 'bob', '田中', 'eve')).toEqual([
      'ann',
      'bob',
      '田中',
      'eve',
    ]);
  });

  it('is never dropped, however many there are', () => {
    const members = Array.from({ length: 500 }, (_, index) => `member ${index}`);
    expect(mentioned(members.map((name) => `@${name}`).join(' '), ...members)).toEqual(members);
  });

  it('costs in proportion to the text', () => {
    for (const content of ['@', '@a b ', '@田', `@${'😀'.repeat(50)}`, 'ﷺ@', '@a', '_', '@_', 'www.'])
      expect(
        possibleMentions(content.repeat(10_000 / content.length))
          .flatMap(({ names }) => names)
          .join('').length,
      ).toBeLessThan(1_000_000);
    const before = process.cpuUsage();
    possibleMentions(`@${'_'.repeat(9_990)}a`);
    expect(process.cpuUsage(before).user).toBeLessThan(500_000);
  });
});

describe('the place of a mention', () => {
  /** The parts of the text that mention the member. */
  const shown = (content: string, member: string): string[] =>
    possibleMentions(content).flatMap((mention) => {
      const place = mention.names.includes(mentionKey(member))
        ? mention.placeOf(mentionKey(member))
        : undefined;
      return place ? [content.slice(place.start, place.start + place.length)] : [];
    });

  it.each([
    ['hi @ann, @Ann!', 'ann', ['@ann', '@Ann']],
    ['ﬁne ß @ann', 'ann', ['@ann']],
    ['👋🏽 ＠ａｎｎ！', 'ann', ['＠ａｎｎ']],
    ['@STRASSE @straße', 'Straße', ['@STRASSE', '@straße']],
    [`@${'zoë'.normalize('NFD')}.`, 'zoë', [`@${'zoë'.normalize('NFD')}`]],
    ['@ann ❤\ufe0f!', 'ann ❤', ['@ann ❤\ufe0f']],
    ['@علی\u200cرضا سلام', 'علیرضا', ['@علی\u200cرضا']],
    ['@two \u3000 words', 'two words', ['@two \u3000 words']],
    ['你好@田中你好', '田中', ['@田中']],
    ['@ﷺ', 'ﷺ', ['@ﷺ']],
    ['me@ann.org https://example.org/@ann/@x www.a.org/@b @ANN', 'ann', ['@ANN']],
    ['@bob@ann@eve', 'ann', ['@ann']],
  ])('is in the text as it was written: %j', (content, member, parts) => {
    expect(shown(content, member)).toEqual(parts);
  });

  it('costs in proportion to the text', () => {
    const before = process.cpuUsage();
    for (const content of ['@ann ', `@${'\u200d'.repeat(199)}ann `, `@a${'\u200d'.repeat(300)}nn `])
      expect(shown(content.repeat(10_000 / content.length), 'ann').every((part) => part !== '')).toBe(true);
    expect(process.cpuUsage(before).user).toBeLessThan(1_000_000);
  });
});
