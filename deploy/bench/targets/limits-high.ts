/**
 * All limits are on, but too high for the load to reach. Cheap password hashing, because the
 * benchmark does not measure it.
 */
export const limitsHigh = {
  NODE_ENV: 'production',
  BCRYPT_COST: '10',
  MESSAGE_RATE: '*=1000000/10s',
  SOCKET_EVENT_RATE: '100000/s',
  HANDSHAKE_RATE: 'off',
  SIGNAL_RATE: 'off',
  API_RATE: '10000000/m',
  REGISTER_RATE: 'off',
  ADD_USERS_RATE: 'off',
  JOIN_RATE: 'off',
  FRIEND_REQUEST_RATE: 'off',
  LOGIN_RATE: 'off',
};
