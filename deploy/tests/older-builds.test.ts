import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@parley/testkit';
import { expect, it } from 'vitest';

const { deleteOlderBuilds } = (await import(
  new URL('../scripts/lib/delete-older-builds.mjs', import.meta.url).href
)) as { deleteOlderBuilds: (folder: string, names: readonly string[]) => void };

it('a build of the web client deletes the files of all builds except the one before', () => {
  const folder = join(temporaryFolder(), 'assets');
  mkdirSync(folder);
  const build = (...names: string[]) => {
    for (const name of names) writeFileSync(join(folder, name), '');
    deleteOlderBuilds(folder, names);
    return readdirSync(folder).sort();
  };
  writeFileSync(join(folder, 'unrecorded.js'), '');
  expect(build('a1.js', 'same.css')).toEqual(['a1.js', 'same.css', 'unrecorded.js']);
  expect(build('a2.js', 'same.css')).toEqual(['a1.js', 'a2.js', 'same.css']);
  expect(build('a2.js', 'same.css')).toEqual(['a1.js', 'a2.js', 'same.css']);
  writeFileSync(join(folder, 'a4.js.4711'), '');
  expect(build('a3.js')).toEqual(['a2.js', 'a3.js', 'a4.js.4711', 'same.css']);
});
