import type { Express } from 'express';

interface Layer {
  route?: { path: string; methods: Record<string, boolean>; stack: { method: string | undefined }[] };
  handle?: { stack?: Layer[] };
}

/** Every method and path that an application really answers, read from Express itself: what documents are checked against. */
export function servedRoutes(app: Express): { method: string; path: string }[] {
  return fromLayers((app.router as unknown as { stack: Layer[] }).stack);
}

function fromLayers(layers: readonly Layer[]): { method: string; path: string }[] {
  return layers.flatMap(({ route, handle }) => {
    if (!route) return fromLayers(handle?.stack ?? []);
    // A handler without a method is `app.all`: the answer 405, not a route.
    const methods = new Set(route.stack.flatMap(({ method }) => method ?? []));
    return route.methods._all ? [] : [...methods].map((method) => ({ method, path: route.path }));
  });
}
