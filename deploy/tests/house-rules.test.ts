import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { events, retiredEvents } from '@parley/contracts';
import { describe, expect, it } from 'vitest';

// Rules that the import rules (.dependency-cruiser.cjs) cannot check.

const root = fileURLToPath(new URL('../..', import.meta.url));
const ignored = ['node_modules', 'dist', 'data', 'coverage'];
const files = ['libs', 'services', 'deploy'].flatMap((folder) =>
  readdirSync(`${root}/${folder}`, { recursive: true, encoding: 'utf8' }).map((path) => `${folder}/${path}`),
);
const sources = files
  // Declarations are generated.
  .filter(
    (path) => /(?<!\.d)\.(tsx?|mjs)$/.test(path) && !path.split('/').some((part) => ignored.includes(part)),
  )
  .map((path) => ({ path, text: readFileSync(`${root}/${path}`, 'utf8') }));
const isTest = (path: string) => /\.test\.ts$|\/tests\/|\/fixtures\/|^libs\/testkit\//.test(path);
const production = sources.filter(({ path }) => !isTest(path));

describe('the house rules', () => {
  it('the top level has four folders and these files, and no others', () => {
    // Only files in git: people may keep their own files here.
    const { stdout } = spawnSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' });
    const top = new Set(stdout.split('\0').flatMap((path) => path.split('/')[0] || []));
    expect([...top].filter((name) => !name.startsWith('.')).sort()).toEqual([
      'CONTRIBUTING.md',
      'LICENSE',
      'README.md',
      'deploy',
      'docker-compose.yml',
      'k8s',
      'libs',
      'package-lock.json',
      'package.json',
      'services',
      'tsconfig.base.json',
    ]);
    expect(readdirSync(`${root}/services`).sort()).toEqual([
      'auth',
      'directory',
      'gateway',
      'hooks',
      'messages',
      'notifications',
      'web',
    ]);
  });

  it('every link between documents leads to a file', () => {
    const { stdout } = spawnSync('git', ['ls-files', '-z', '*.md'], { cwd: root, encoding: 'utf8' });
    const documents = stdout.split('\0').filter(Boolean);
    expect(documents.length).toBeGreaterThan(15);
    const broken = documents.flatMap((path) =>
      [...readFileSync(`${root}/${path}`, 'utf8').matchAll(/\]\(([^)#\s]+)(?:#[^)\s]*)?\)/g)]
        .map(([, link = '']) => link)
        .filter((link) => !link.includes(':') && !existsSync(join(root, dirname(path), link)))
        .map((link) => `${path}: ${link}`),
    );
    expect(broken).toEqual([]);
  });

  it('every event of the bus is published and consumed', () => {
    const code = production
      .filter(({ path }) => /^(services|libs)\/(?!contracts\/)/.test(path))
      .map(({ text }) => text);
    const find = (pattern: RegExp, texts = code) =>
      new Set(texts.flatMap((text) => [...text.matchAll(pattern)].map(([, name]) => name)));
    const published = find(/(?:emit|event)\(\s*'([\w.]+)'/gi);
    const switches = code.flatMap((text) => text.split(/\bswitch (?=\()/));
    const cases = find(
      /\bcase '([\w.]+)'/g,
      switches.filter((text) => /^\([\w.]*\btype\)/.test(text)),
    );
    const compared = find(/\btype [!=]== '([\w.]+)'/g);
    // A consumer of a topic with one type of event need not check the type.
    const consumedTopics = find(/\b(?:consume|listen)\(\s*'(\w+)'/g);
    const all = Object.entries(events);
    const isAlone = (topic: string) => all.filter(([, event]) => event.topic === topic).length === 1;
    expect(all.filter(([type]) => !published.has(type)).map(([type]) => type)).toEqual([]);
    expect(
      all
        .filter(([type]) => !cases.has(type) && !compared.has(type))
        .filter(([, { topic }]) => !(isAlone(topic) && consumedTopics.has(topic)))
        .map(([type]) => type),
    ).toEqual([]);
    expect(retiredEvents.filter((type) => Object.hasOwn(events, type))).toEqual([]);
  });

  it('SQL is only in stores, migrations and libs/database', () => {
    const mayHold = new RegExp(
      '^services/[^/]+/(src/stores|migrations)/|^libs/database/|^libs/servers/src/postgres/' +
        '|^deploy/(bench|faults)/stores/',
    );
    const statement = 'select|insert into|update|delete from|create table|alter table|with \\w+ as';
    const sql = new RegExp(
      `\\.raw\\(|\\.raw<|\`\\s*(${statement})\\s[^\`]*\`|\\b(trx|db|queryable)\\(['"\`]`,
      'i',
    );
    expect(
      production.filter(({ path, text }) => !mayHold.test(path) && sql.test(text)).map(({ path }) => path),
    ).toEqual([]);
  });

  it('only main.ts and scripts read the environment', () => {
    const mayRead = /\/main\.ts$|\/(api-key|erase-user|rotate-keys)\.ts$|^deploy\/scripts\//;
    expect(
      production
        .filter(({ path, text }) => !mayRead.test(path) && /process\.env\b/.test(text))
        .map(({ path }) => path),
    ).toEqual([]);
  });

  it('no file has more than 300 lines', () => {
    const tooLong = sources.filter(({ text }) => text.trimEnd().split('\n').length > 300);
    expect(tooLong.map(({ path }) => path)).toEqual([]);
  });

  it('file names are kebab-case and match their contents', () => {
    const names = sources.map(({ path }) => ({ path, name: basename(path) }));
    expect(
      names
        .filter(({ name }) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)*\.(tsx?|mjs)$/.test(name))
        .map(({ path }) => path),
    ).toEqual([]);
    expect(
      names.filter(({ name }) => /^(utils?|helpers?|common|misc|lib)\./.test(name)).map(({ path }) => path),
    ).toEqual(['libs/contracts/src/schemas/common.ts']);
  });

  it('no test is skipped or exclusive', () => {
    const left = /\b(it|test|describe)\.(skip|only|todo|fixme)\b/;
    expect(
      sources
        .filter(({ path, text }) => isTest(path) && !path.endsWith('house-rules.test.ts') && left.test(text))
        .map(({ path }) => path),
    ).toEqual([]);
  });
});
