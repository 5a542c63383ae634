import { resolve } from 'node:path';
import { nameRate } from '@parley/runtime';
import { type EmbeddedConfig, embeddedDefaults } from './config.ts';

/** The text that `npm start` prints once it is ready. */
export function greeting(url: string, config: EmbeddedConfig): string {
  const address =
    url.replace('//0.0.0.0:', '//localhost:').replace('//[::]:', '//localhost:') + config.PUBLIC_PATH;
  const relaxed = (['BCRYPT_COST', 'ORG_JOIN_POLICY'] as const).filter(
    (name) => String(config[name]) === embeddedDefaults[name],
  );
  const limits = [
    nameRate('REGISTER_RATE', config.REGISTER_RATE, ['address']),
    nameRate('LOGIN_RATE', config.LOGIN_RATE, ['account', 'address']),
    nameRate('API_RATE', config.API_RATE, ['user']),
    nameRate('MESSAGE_RATE', config.MESSAGE_RATE.rooms, ['user', 'room']),
    nameRate('ADD_USERS_RATE', config.ADD_USERS_RATE, ['user']),
    nameRate('JOIN_RATE', config.JOIN_RATE, ['user']),
    nameRate('FRIEND_REQUEST_RATE', config.FRIEND_REQUEST_RATE, ['user']),
  ].map(({ limit, setting }) => `${setting} ${limit}`);
  const convenience =
    relaxed.length > 0
      ? ` Set for convenience: ${relaxed.map((name) => `${name}=${config[name]}`).join(', ')}.`
      : '';
  return `
Parley is ready   ${address}
API documents     ${address}/docs
Data              ${resolve(config.DATA_DIR)}

The embedded start runs everything in one process, to try Parley out or for a small team.${convenience}
Next: \`npm run stack\` runs each service as its own process on real servers.
docker-compose.yml comes closest to production.
Limits: ${limits.slice(0, 2).join('; ')};
        ${limits.slice(2, 4).join('; ')} (contract \`rooms\`);
        ${limits.slice(4, 6).join('; ')};
        ${limits.slice(6).join('; ')}.
Ctrl+C stops it.
`;
}
