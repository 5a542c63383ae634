import { expect, it } from 'vitest';
import { plainText, textOf } from './slack-text.ts';

it.each([
  ['<https://ci.example/7|build 7> failed &amp; stopped', 'build 7 (https://ci.example/7) failed & stopped'],
  ['see <https://ci.example/7>', 'see https://ci.example/7'],
  ['<!here> <@U12|ada> <#C1|general> <@U13>', '@here @ada #general @U13'],
  ['a &lt; b &gt; c &amp;lt;', 'a < b > c &lt;'],
  ['a < b', 'a < b'],
])('the markup of Slack is readable: %s', (text, plain) => {
  expect(plainText(text)).toBe(plain);
});

it('a message contains the texts of its attachments', () => {
  const attachments = [{ pretext: 'Build', title: '7', text: 'failed' }, { fallback: 'a picture' }];
  expect(textOf({ text: 'News', attachments })).toBe('News\nBuild\n7\nfailed\na picture');
  expect(textOf({ attachments: [{}] })).toBe('');
});
