export { type HostConfig, startHost } from './host.ts';
export { runService, startLogging, version } from './run-service.ts';
export { runSite, startSite } from './run-site.ts';
export type { Host } from './serve.ts';
export type { Infrastructure, Service } from './service.ts';
