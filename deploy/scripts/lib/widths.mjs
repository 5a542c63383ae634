import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { root } from './root.mjs';

const maxCode = 110;
const maxProse = 100;

/** Released migrations never change, and results are generated. */
const exempt = /^services\/[^/]+\/migrations\/|^deploy\/bench\/results\//;

/** A line without a blank after its indentation and marker (a link, a path) cannot be broken. */
const isUnbreakable = (line) => !line.replace(/^\s*(\/\/|\/?\*+|[-*>]|\d+\.)?\s*/, '').includes(' ');

function* wideLinesOfCode(lines) {
  let inComment = false;
  for (const [index, line] of lines.entries()) {
    const text = line.trim();
    if (text.startsWith('/*')) inComment = true;
    const isComment = inComment || text.startsWith('//');
    if (text.includes('*/')) inComment = false;
    const max = isComment && !text.startsWith('// biome-ignore') ? maxProse : maxCode;
    if (line.length > max && !isUnbreakable(line)) yield { index, max };
  }
}

/** Tables, fenced code and headings keep the width that they need. */
function* wideLinesOfMarkdown(lines) {
  let inFence = false;
  for (const [index, line] of lines.entries()) {
    const text = line.trim();
    if (text.startsWith('```')) inFence = !inFence;
    if (inFence || text.startsWith('|') || text.startsWith('#')) continue;
    if (line.length > maxProse && !isUnbreakable(line)) yield { index, max: maxProse };
  }
}

/** Every line of the repository that is wider than its kind allows: `file:line: columns > max`. */
export function wideLines(folders = ['.']) {
  const patterns = folders.flatMap((folder) =>
    ['ts', 'mjs', 'cjs', 'md'].map((ending) => `${folder}/**/*.${ending}`),
  );
  const listed = execFileSync('git', ['ls-files', '--', ...patterns.map((pattern) => `:(glob)${pattern}`)], {
    cwd: root,
    encoding: 'utf8',
  });
  return listed
    .split('\n')
    .filter((file) => file !== '' && !exempt.test(file))
    .flatMap((file) => {
      const lines = readFileSync(`${root}/${file}`, 'utf8').split('\n');
      const found = file.endsWith('.md') ? wideLinesOfMarkdown(lines) : wideLinesOfCode(lines);
      return [...found].map(
        ({ index, max }) => `${file}:${index + 1}: ${lines[index].length} columns, the limit is ${max}`,
      );
    });
}
