import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { type RequestHandler, Router } from 'express';
import { builtFile } from './built-file.ts';

const files = [
  'parley-client.js',
  'parley-client-copy-check.js',
  'parley-client-account.js',
  'parley-client.d.ts',
];

/**
 * Serves the client to pages that have no build step, also to those of other origins: its code as
 * an ES module, the parts that it loads on demand, and its types.
 * @throws StartError if they have not been built
 */
export function sdkRouter(): Router {
  const router = Router();
  for (const name of files) router.get(`/sdk/${name}`, serve(name));
  return router;
}

function serve(name: string): RequestHandler {
  const path = builtFile(join('dist/sdk', name));
  let file: { content: Buffer; tag: string } | undefined;
  return (_request, response) => {
    file ??= load(path);
    response
      .type(extname(name) === '.js' ? 'text/javascript' : 'text/plain')
      // A page asks each time whether there is a newer one, because the address has no version.
      .set({ ETag: file.tag, 'Cache-Control': 'public, no-cache', 'Access-Control-Allow-Origin': '*' })
      .send(file.content);
  };
}

function load(path: string): { content: Buffer; tag: string } {
  const content = readFileSync(path);
  return { content, tag: `"${createHash('sha256').update(content).digest('base64url')}"` };
}
