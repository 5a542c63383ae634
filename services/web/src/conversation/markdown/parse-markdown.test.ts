import { describe, expect, test } from 'vitest';
import { safeHref } from './links.ts';
import { markMentions } from './marked-mentions.ts';
import type { Block, Inline } from './nodes.ts';
import { parseMarkdown } from './parse-markdown.ts';
import { plainText } from './plain-text.ts';

/** The inline nodes of a message of one paragraph. */
const inline = (content: string): Inline[] => {
  const [block, ...others] = parseMarkdown(content);
  if (block?.kind !== 'paragraph' || others.length > 0) throw new Error('not one paragraph');
  return block.children;
};
const text = (value: string): Inline => ({ kind: 'text', text: value });
const link = (href: string, shown = href): Inline => ({ kind: 'link', href, text: shown });
const strong = (...children: Inline[]): Inline => ({ kind: 'strong', children });
const emphasis = (...children: Inline[]): Inline => ({ kind: 'emphasis', children });

const linksIn = (blocks: Block[]) =>
  [...JSON.stringify(blocks).matchAll(/"href":"([^"]*)"/g)].map(([, href]) => href);

describe('the Markdown of messages', () => {
  test.each<[string, Inline[]]>([
    ['plain', [text('plain')]],
    ['a **b** c', [text('a '), strong(text('b')), text(' c')]],
    ['*a* _b_', [emphasis(text('a')), text(' '), emphasis(text('b'))]],
    ['***both***', [strong(emphasis(text('both')))]],
    ['**a *b* c**', [strong(text('a '), emphasis(text('b')), text(' c'))]],
    ['*a **b** c*', [emphasis(text('a '), strong(text('b')), text(' c'))]],
    ['~~no~~ yes', [{ kind: 'deleted', children: [text('no')] }, text(' yes')]],
    ['重要**不要**忘记', [text('重要'), strong(text('不要')), text('忘记')]],
    ['2 * 3 * 4', [text('2 * 3 * 4')]],
    ['2*3*4 snake_case_name', [text('2*3*4 snake_case_name')]],
    ['**open', [text('**open')]],
    ['** a **', [text('** a **')]],
    ['****', [text('****')]],
    ['\\*stars\\* C:\\temp', [text('*stars* C:\\temp')]],
    ['a `b * c` d', [text('a '), { kind: 'code', text: 'b * c' }, text(' d')]],
    ['``a ` b``', [{ kind: 'code', text: 'a ` b' }]],
    ['a ` b', [text('a ` b')]],
    ['one\ntwo', [text('one'), { kind: 'break' }, text('two')]],
    ['hi @ada, @Zoë.', [text('hi '), mention('ada'), text(', '), mention('Zoë'), text('.')]],
    ['ada@example.org', [text('ada@example.org')]],
    ['👩‍👩‍👧 **👍🏽**', [text('👩‍👩‍👧 '), strong(text('👍🏽'))]],
  ])('%j', (content, expected) => {
    expect(inline(content)).toEqual(expected);
  });

  test('paragraphs, quotes, lists and fenced code', () => {
    expect(
      parseMarkdown('a\n\n> b\n> **c**\n- d\n- e\n3. f\n4. g\n```ts\nlet a = "<b>";\n\n  *x*\n```\nend'),
    ).toEqual([
      { kind: 'paragraph', children: [text('a')] },
      { kind: 'quote', children: [text('b'), { kind: 'break' }, strong(text('c'))] },
      { kind: 'list', items: [[text('d')], [text('e')]] },
      { kind: 'numbers', start: 3, items: [[text('f')], [text('g')]] },
      { kind: 'code', text: 'let a = "<b>";\n\n  *x*' },
      { kind: 'paragraph', children: [text('end')] },
    ]);
  });

  test('the plain text of a message is what a reader sees, on one line', () => {
    expect(plainText('a **b** `c`\n\n> d\n- e\n- @f\n```\ng\n```\nhttps://h.example', 100)).toBe(
      'a b c d e @f g https://h.example',
    );
    expect(plainText('x'.repeat(50), 10)).toBe('x'.repeat(10));
    expect(plainText('a\u202eb', 10)).toBe('ab');
  });

  test('code keeps its text, and a fence that is never closed ends with the message', () => {
    expect(parseMarkdown('```\n<script>')).toEqual([{ kind: 'code', text: '<script>' }]);
    expect(parseMarkdown('```')).toEqual([{ kind: 'paragraph', children: [text('```')] }]);
  });
});

describe('links', () => {
  test.each<[string, Inline[]]>([
    ['https://example.org', [link('https://example.org/', 'https://example.org')]],
    ['see http://a.example/b?c=d#e.', [text('see '), link('http://a.example/b?c=d#e'), text('.')]],
    ['(https://a.example/x)', [text('('), link('https://a.example/x'), text(')')]],
    ['https://a.example/Go_(game)', [link('https://a.example/Go_(game)')]],
    ['**https://a.example/x**', [strong(link('https://a.example/x'))]],
    ['HTTPS://A.example/x', [link('https://a.example/x', 'HTTPS://A.example/x')]],
    ['<https://a.example/x>', [text('<'), link('https://a.example/x'), text('>')]],
  ])('%j', (content, expected) => {
    expect(inline(content)).toEqual(expected);
  });

  test.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'java\tscript:alert(1)',
    '[click](javascript:alert(1))',
    '<a href="javascript:alert(1)">x</a>',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:msgbox(1)',
    'file:///etc/passwd',
    'https://bank.example@evil.example/',
    'https://user:secret@evil.example/',
    'https://',
    'xhttps://a.example',
    'http:/\u200b/a.example',
  ])('%j is no link', (content) => {
    expect(linksIn(parseMarkdown(content))).toEqual([]);
  });

  test('a link leads where its text says, and direction controls end it', () => {
    expect(inline('[https://bank.example](https://evil.example)')).toEqual([
      text('['),
      link('https://bank.example/', 'https://bank.example'),
      text(']('),
      link('https://evil.example/', 'https://evil.example'),
      text(')'),
    ]);
    expect(inline('https://a.example/\u202egnp.exe')).toEqual([link('https://a.example/'), text('gnp.exe')]);
    expect(linksIn(parseMarkdown('https://a.example/x\u2066y\u200bz'))).toEqual(['https://a.example/x']);
  });

  test('only absolute http and https addresses without credentials are safe', () => {
    expect(safeHref('https://bücher.example/ß')).toBe('https://xn--bcher-kva.example/%C3%9F');
    for (const address of ['//a.example', '/rooms', 'javascript://a.example/%0aalert(1)', 'https://a b'])
      expect(safeHref(address)).toBeNull();
  });
});

describe('hostile text', () => {
  test('HTML is text', () => {
    const html = '<img src=x onerror=alert(1)><script>alert(1)</script>&lt;b&gt;';
    expect(inline(html)).toEqual([text(html)]);
  });

  test('overrides of the direction disappear from text and are visible in code', () => {
    expect(inline('a\u202eb\u202c')).toEqual([text('ab')]);
    expect(inline('`a\u202eb\u2066`')).toEqual([{ kind: 'code', text: 'a<U+202E>b<U+2066>' }]);
    expect(parseMarkdown('```\na\u202e\n```')).toEqual([{ kind: 'code', text: 'a<U+202E>' }]);
    // Right-to-left text needs marks and isolates.
    expect(inline('\u2067שלום\u2069\u200f')).toEqual([text('\u2067שלום\u2069\u200f')]);
  });

  test.each([
    '*',
    '**',
    '_a',
    '~~',
    '`',
    '``a',
    '```a',
    '> ',
    '@',
    '@a-',
    'http://',
    'https://a.a/)',
    '[',
    '*a **b ~~c ',
    '- ',
    '```\n',
    'a\n',
    ')',
    'https://a/(((',
    '\\',
  ])('ten thousand characters of %j take no time and nest at most three deep', (piece) => {
    const content = piece.repeat(Math.ceil(10_000 / piece.length)).slice(0, 10_000);
    const started = performance.now();
    const blocks = parseMarkdown(content);
    // The machine may be busy; quadratic or exponential algorithms take seconds.
    expect(performance.now() - started).toBeLessThan(1_000);
    const depth = (nodes: Inline[]): number =>
      Math.max(0, ...nodes.map((node) => ('children' in node ? 1 + depth(node.children) : 0)));
    for (const block of blocks) if ('children' in block) expect(depth(block.children)).toBeLessThanOrEqual(3);
  });
});

function mention(name: string): Inline {
  return { kind: 'mention', name };
}

describe('mentions that a message carries', () => {
  const parse = (content: string, ...places: [userId: string | null, part: string][]) => {
    const all = places.map(([userId, part]) => ({
      ...{ userId, start: content.indexOf(part), length: part.length },
    }));
    const roomMention = all.find(({ userId }) => userId === null);
    const marked = markMentions({
      content,
      mentions: all.flatMap(({ userId, ...place }) => (userId === null ? [] : [{ userId, ...place }])),
      roomMention,
    });
    return parseMarkdown(marked?.text ?? '', marked?.mentions);
  };
  const mention = (userId: string | null, name: string): Inline => ({ kind: 'mention', name, userId });
  const paragraph = (...children: Inline[]): Block[] => [{ kind: 'paragraph', children }];

  test('are shown where they are, and nothing else that looks like one', () => {
    expect(parse('**@Ann Lee** @bob, @room @eve', ['a', '@Ann Lee'], [null, '@room'], ['b', '@bob'])).toEqual(
      paragraph(
        strong(mention('a', 'Ann Lee')),
        text(' '),
        mention('b', 'bob'),
        text(', '),
        mention(null, 'room'),
        text(' @eve'),
      ),
    );
    expect(parse('> a\n> @ann', ['a', '@ann'])).toEqual([
      { kind: 'quote', children: [text('a'), { kind: 'break' }, mention('a', 'ann')] },
    ]);
    expect(parse('https://example.org/a,@ann', ['a', '@ann'])).toEqual(
      paragraph(link('https://example.org/a', 'https://example.org/a'), text(','), mention('a', 'ann')),
    );
  });

  test('are code within code, as they were written', () => {
    expect(parse('`say @ann` @ann', ['a', '@ann'])).toEqual(
      paragraph({ kind: 'code', text: 'say @ann' }, text(' @ann')),
    );
    expect(parse('```\nsay @ann\n```', ['a', '@ann'])).toEqual([{ kind: 'code', text: 'say @ann' }]);
  });
});
