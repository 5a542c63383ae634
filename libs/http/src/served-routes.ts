import type { Express } from 'express';

interface Layer {
  route?: { path: string; methods: Record<string, boolean>; stack: { method: string | undefined }[] };
  handle?: { stack?: Layer[] };
}

/**
 * All methods and paths that an application answers, read from Express. Tests compare documents
 * with them.
 */
export function servedRoutes(app: Express): { method: string; path: string }[] {
  return fromLayers((app.router as unknown as { stack: Layer[] }).stack);
}

function fromLayers(layers: readonly Layer[]): { method: string; path: string }[] {
  return layers.flatMap(({ route, handle }) => {
    if (!route) return fromLayers(handle?.stack ?? []);
    // A handler without a method is `app.all`: it answers 405 and is not a route.
    const methods = new Set(route.stack.flatMap(({ method }) => method ?? []));
    return route.methods._all ? [] : [...methods].map((method) => ({ method, path: route.path }));
  });
}
