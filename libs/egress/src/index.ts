export { Egress, type EgressOptions, type EgressResponse } from './egress.ts';
export { EgressError } from './egress-error.ts';
export { dnsResolver } from './resolve.ts';
export { egressSettings } from './settings.ts';
