import type { Server } from 'node:http';
import { StartError } from '@parley/runtime';

/**
 * @param setting the setting of the port, for errors
 * @throws StartError when the address is taken, forbidden or not local
 */
export function listen(
  server: Server,
  config: { HOST: string; PORT: number },
  setting = 'PORT',
): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reasons: Record<string, string> = {
        EADDRINUSE: `is taken by another program; choose another with ${setting}`,
        EACCES: `cannot be opened by this user; choose one above 1023 with ${setting}`,
        EADDRNOTAVAIL: 'is not an address of this machine; choose another with HOST',
      };
      const reason = reasons[error.code ?? ''];
      reject(reason ? new StartError(`${config.HOST}:${config.PORT} ${reason}.`) : error);
    });
    server.listen(config.PORT, config.HOST, resolve);
  });
}
