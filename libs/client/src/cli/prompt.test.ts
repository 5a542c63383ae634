import { PassThrough } from 'node:stream';
import { eventually } from '@parley/testkit';
import { expect, test } from 'vitest';
import { Prompt } from './prompt.ts';

/** Emulates a terminal of 20 columns, as far as a prompt needs one. */
function terminal() {
  const columns = 20;
  let rows = [''];
  let [row, column] = [0, 0];
  const put = (character: string) => {
    if (column === columns) [row, column] = [row + 1, 0];
    while (rows.length <= row) rows.push('');
    const line = (rows[row] ?? '').padEnd(column);
    rows[row] = line.slice(0, column) + character + line.slice(column + 1);
    column += 1;
  };
  const stdout = Object.assign(new PassThrough(), { columns, isTTY: true }) as unknown as NodeJS.WriteStream;
  stdout.on('data', (data: Buffer) => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the test reads escape sequences
    const pieces = /\u001b\[(\d+)A|\u001b\[(\d+)G|(\u001b\[0J)|(\r*\n)|\r|./gs;
    for (const [part, up, to, clear, end] of String(data).matchAll(pieces)) {
      if (up) row -= Number(up);
      else if (to) column = Number(to) - 1;
      else if (clear) rows = [...rows.slice(0, row), (rows[row] ?? '').slice(0, column)];
      else if (end) [row, column] = [row + 1, 0];
      else if (part === '\r') column = 0;
      else put(part);
    }
  });
  const stdin = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: () => undefined,
  }) as unknown as NodeJS.ReadStream;
  const shown = () => rows.map((line) => line.trimEnd()).filter((line) => line !== '');
  return { streams: { stdin, stdout, stderr: stdout }, type: (text: string) => stdin.push(text), shown };
}

test('output appears above the line being typed, even when that fills several rows', async () => {
  const { streams, type, shown } = terminal();
  const prompt = new Prompt(streams, () => undefined);
  prompt.text = 'ada > ';
  type('a draft that is longer than a row');
  await eventually(() => expect(shown()).toEqual(['ada > a draft that i', 's longer than a row']));
  prompt.printAbove('bob: hello');
  prompt.text = 'bob types. ada > ';
  prompt.printAbove('bob: are you there');
  expect(shown()).toEqual([
    'bob: hello',
    'bob: are you there',
    'bob types. ada > a d',
    'raft that is longer',
    'than a row',
  ]);
  prompt.close();
  expect(shown()).toEqual(['bob: hello', 'bob: are you there']);
});

test('an entered line is removed from the screen and delivered, even before it is read', async () => {
  const { streams, type, shown } = terminal();
  let keys = 0;
  const prompt = new Prompt(streams, () => {
    keys += 1;
  });
  prompt.text = 'ada > ';
  type('hello\r');
  type('and more');
  await eventually(() => expect(shown()).toEqual(['ada > and more']));
  expect(keys).toBe('hello\rand more'.length);
  const lines = prompt.lines()[Symbol.asyncIterator]();
  expect((await lines.next()).value).toBe('hello');
  prompt.close();
  expect(await lines.next()).toMatchObject({ done: true });
  prompt.text = 'never drawn';
  prompt.printAbove('nor this');
  expect(shown()).toEqual([]);
});
