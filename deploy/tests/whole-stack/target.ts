/** A running system under test. */
export interface Target {
  /** The public address: REST, and sockets behind the balancer. */
  url: string;
  /** The addresses of the gateways (on the embedded start: the same one twice). */
  gateways: readonly [string, string];
  stop(): Promise<void>;
}

/** Settings that remove limits and make hashing cheap, because the suites test correctness. */
export const unlimited = {
  NODE_ENV: 'test',
  BCRYPT_COST: '4',
  MESSAGE_RATE: 'off',
  SEARCH_RATE: 'off',
  LOGIN_RATE: 'off',
  REGISTER_RATE: 'off',
  ADD_USERS_RATE: 'off',
  JOIN_RATE: 'off',
  FRIEND_REQUEST_RATE: 'off',
  PASSWORD_RATE: 'off',
  API_RATE: 'off',
  KEY_RATE: 'off',
  SOCKET_EVENT_RATE: 'off',
  SIGNAL_RATE: 'off',
};
