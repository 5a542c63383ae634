#!/usr/bin/env node
import { existsSync } from 'node:fs';

// The build of the project creates the program; build it on first use.
const program = new URL('../../../dist/cli.js', import.meta.url);
if (!existsSync(program)) {
  const scripts = new URL('../../../deploy/scripts/lib/', import.meta.url);
  const { build } = await import(new URL('build.mjs', scripts).href);
  await build(['cli']);
}
process.setSourceMapsEnabled(true);
await import(program.href);
