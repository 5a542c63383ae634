/** A running system that the suites are tried on. */
export interface Target {
  /** The public address: REST, and sockets behind the balancer. */
  url: string;
  /** The gateways one by one (the embedded start: twice the same). */
  gateways: readonly [string, string];
  stop(): Promise<void>;
}

/** Settings that take the limits off and make hashing cheap, so that the suites measure correctness and not patience. */
export const unlimited = {
  NODE_ENV: 'test',
  BCRYPT_COST: '4',
  MESSAGE_RATE: 'off',
  LOGIN_RATE: 'off',
  REGISTER_RATE: 'off',
  API_RATE: 'off',
  SOCKET_EVENT_RATE: 'off',
};
