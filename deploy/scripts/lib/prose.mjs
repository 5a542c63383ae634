import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { root } from './root.mjs';

const maxCode = 110;
const maxProse = 100;

/** Released migrations never change; results and declarations are generated. */
const exempt = /^services\/[^/]+\/migrations\/|^deploy\/bench\/results\/|\.d\.ts$/;

/** A line without a blank after its indentation and marker (a link, a path) cannot be broken. */
const isUnbreakable = (line) => !line.replace(/^\s*(\/\/|\/?\*+|[-*>]|\d+\.)?\s*/, '').includes(' ');

const tooWide = (line, max) => `${line.length} columns, the limit is ${max}`;

/** A sentence whose subject is a clause ("What clients set is in …"); questions are allowed. */
const hasBadBeginning = (text) =>
  /(?:^[\s/*#>-]*|[.:] )(?:What|Who|Whoever) (?!.*\?)/.test(text) && !text.startsWith('// biome-ignore');
const badBeginning = 'begin the sentence with its subject, not with What, Who or Whoever';

function* findingsInCode(lines) {
  let inComment = false;
  for (const [index, line] of lines.entries()) {
    const text = line.trim();
    if (text.startsWith('/*')) inComment = true;
    const isComment = inComment || text.startsWith('//');
    if (text.includes('*/')) inComment = false;
    const max = isComment && !text.startsWith('// biome-ignore') ? maxProse : maxCode;
    if (line.length > max && !isUnbreakable(line)) yield { index, problem: tooWide(line, max) };
    if (isComment && hasBadBeginning(text)) yield { index, problem: badBeginning };
  }
}

/** Tables, fenced code and headings keep the width that they need. */
function* findingsInMarkdown(lines) {
  let inFence = false;
  for (const [index, line] of lines.entries()) {
    const text = line.trim();
    if (text.startsWith('```')) inFence = !inFence;
    if (inFence || text.startsWith('|') || text.startsWith('#')) continue;
    if (line.length > maxProse && !isUnbreakable(line)) yield { index, problem: tooWide(line, maxProse) };
    if (hasBadBeginning(text)) yield { index, problem: badBeginning };
  }
}

/**
 * Lines of the repository that are wider than their kind allows, or whose prose breaks a rule:
 * `file:line: problem`.
 */
export function proseFindings(folders = ['.']) {
  const patterns = folders.flatMap((folder) =>
    ['ts', 'tsx', 'mjs', 'cjs', 'md'].map((ending) => `${folder}/**/*.${ending}`),
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
      const found = file.endsWith('.md') ? findingsInMarkdown(lines) : findingsInCode(lines);
      return [...found].map(({ index, problem }) => `${file}:${index + 1}: ${problem}`);
    });
}
