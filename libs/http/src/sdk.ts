import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type RequestHandler, Router } from 'express';

/**
 * Serves the client to pages that have no build step, also to those of other origins: its code as
 * an ES module, and its types.
 */
export function sdkRouter(): Router {
  const router = Router();
  for (const name of ['parley-client.js', 'parley-client.d.ts']) router.get(`/sdk/${name}`, serve(name));
  return router;
}

function serve(name: string): RequestHandler {
  let file: { content: Buffer; tag: string } | undefined;
  return (_request, response) => {
    file ??= load(name);
    response
      .type(extname(name) === '.js' ? 'text/javascript' : 'text/plain')
      // A page asks each time whether there is a newer one, because the address has no version.
      .set({ ETag: file.tag, 'Cache-Control': 'public, no-cache', 'Access-Control-Allow-Origin': '*' })
      .send(file.content);
  };
}

function load(name: string): { content: Buffer; tag: string } {
  const content = readFileSync(find(join('dist/sdk', name), dirname(fileURLToPath(import.meta.url))));
  return { content, tag: `"${createHash('sha256').update(content).digest('base64url')}"` };
}

/** The build's file, found from a source file, from `dist/`, or from a test's bundle. */
function find(path: string, folder: string): string {
  const candidate = join(folder, path);
  if (existsSync(candidate)) return candidate;
  if (folder === dirname(folder)) throw new Error(`${path} has not been built`);
  return find(path, dirname(folder));
}
