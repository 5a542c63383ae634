import { readFileSync, writeFileSync } from 'node:fs';
import { root } from './lib/root.mjs';

// Derives libs/contracts/src/text/confusables.json from Unicode's confusables.txt (UTS 39):
// `node deploy/scripts/confusables.mjs FILE`, when a new version of Unicode is released. Leaves out
// the characters that the skeleton removes before it looks them up.

const lines = readFileSync(process.argv[2] ?? '/dev/stdin', 'utf8').split('\n');
const version = lines.find((line) => line.startsWith('# Version: '))?.slice('# Version: '.length);
const withoutZeros = (hex) => hex.toLowerCase().replace(/^0+/, '');
const toText = (hex) => String.fromCodePoint(Number.parseInt(hex, 16));
const isRemoved = (text) =>
  text.normalize('NFKC').normalize('NFD') !== text || /\p{Default_Ignorable_Code_Point}/u.test(text);

const prototypes = {};
for (const line of lines) {
  const [, character, prototype] = /^([0-9A-F]+) ;\t([0-9A-F ]+) ;/.exec(line) ?? [];
  if (!character || !prototype || isRemoved(toText(character))) continue;
  const key = prototype.trim().split(' ').map(withoutZeros).join(' ');
  prototypes[key] = [...(prototypes[key] ?? []), withoutZeros(character)];
}
const table = {
  source: `https://www.unicode.org/Public/${version}/security/confusables.txt`,
  license: 'Unicode-3.0, see confusables-license.txt',
  prototypes: Object.fromEntries(Object.entries(prototypes).map(([key, all]) => [key, all.join(' ')])),
};
writeFileSync(`${root}/libs/contracts/src/text/confusables.json`, `${JSON.stringify(table, null, 2)}\n`);
