import { type AppConfig, type AppOptions, createApp } from '@parley/http';
import { type Host, type ServeConfig, type ServeOptions, serve } from './serve.ts';

export interface HostConfig extends AppConfig, ServeConfig {}

export interface HostOptions
  extends Omit<AppOptions, 'routes' | 'asyncApi' | 'pages' | 'sites'>,
    ServeOptions {
  config: HostConfig;
}

/** Serves the routes of one or more services on one port. */
export function startHost(options: HostOptions): Promise<Host> {
  const { services } = options;
  return serve(options, (pages) =>
    createApp({
      ...options,
      routes: services.flatMap(({ routes }) => routes),
      asyncApi: services.find(({ asyncApi }) => asyncApi)?.asyncApi,
      sites: services.flatMap(({ site }) => site ?? []),
      pages,
    }),
  );
}
