import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { type Operation, openApiDocument } from '@parley/contracts';
import { Router } from 'express';
import { fillInExamples } from './fill-in-examples.ts';

// All links are relative, so that they work under any public path.
const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Parley API</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="docs/favicon-32x32.png">
<link rel="stylesheet" href="docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
`;
const start = `${fillInExamples}
window.ui = SwaggerUIBundle({
  url: 'openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  persistAuthorization: true,
  tryItOutEnabled: true,
  requestInterceptor: fillInExamples({
    document: fetch('openapi.json').then((response) => response.json()),
    base: new URL('.', location.href).pathname,
    memory: sessionStorage,
  }),
});`;
/** The files of Swagger UI that the page loads. */
const assets = ['favicon-32x32.png', 'swagger-ui.css', 'swagger-ui-bundle.js'];

export interface Documented {
  operations: readonly Operation[];
  /** The AsyncAPI document, if the process serves sockets. */
  asyncApi?: ((version: string) => object) | undefined;
}

/**
 * Serves `/openapi.json`, `/asyncapi.json` and Swagger UI at `/docs`, without third-party requests.
 */
export function docsRouter({ operations, asyncApi }: Documented, version: string): Router {
  const router = Router();
  let document: string | undefined;
  router.get('/openapi.json', (_request, response) => {
    document ??= JSON.stringify(openApiDocument(operations, { version }));
    response.type('application/json').send(document);
  });
  if (asyncApi) {
    let events: string | undefined;
    router.get('/asyncapi.json', (_request, response) => {
      events ??= JSON.stringify(asyncApi(version));
      response.type('application/json').send(events);
    });
  }
  router.get('/docs', (request, response) => {
    if (request.path.endsWith('/')) return response.redirect('../docs');
    response.type('html').send(page);
  });
  router.get('/docs/start.js', (_request, response) => void response.type('js').send(start));
  const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  // From memory: a client that requests files and leaves without reading would keep them open.
  for (const name of assets) {
    let content: Buffer | undefined;
    router.get(`/docs/${name}`, (_request, response) => {
      content ??= readFileSync(join(folder, name));
      response.type(extname(name)).set('Cache-Control', 'public, max-age=3600').send(content);
    });
  }
  return router;
}
