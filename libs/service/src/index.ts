export { type Host, type HostConfig, startHost } from './host.ts';
export { runService, startLogging, version } from './run-service.ts';
export type { Infrastructure, Service } from './service.ts';
