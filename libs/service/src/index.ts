export { type Host, type HostConfig, startHost } from './host.ts';
export { runService, type ServiceProcessConfig, startLogging, version } from './run-service.ts';
export type { Infrastructure, Service } from './service.ts';
