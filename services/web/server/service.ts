import type { Service } from '@parley/service';
import { sdkRouter } from './sdk.ts';
import { webClientSite } from './web-client.ts';

export { webConfig } from './config.ts';

/** Serves the web client, and the SDK for pages without a build step. */
export function createService(): Service {
  const client = webClientSite();
  return {
    name: 'web',
    routes: [],
    checks: {},
    site: { ...client, router: sdkRouter().use(client.router) },
    stop: async () => undefined,
  };
}
