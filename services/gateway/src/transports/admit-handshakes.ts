import { ServerResponse } from 'node:http';
import { AppError } from '@parley/errors';
import { rawClientAddress } from '@parley/http';
import { networkOf } from '@parley/runtime';
import type { Admission } from './admission.ts';
import { type EngineMiddleware, engineQuery } from './engine-middleware.ts';
import { refuseByPacket } from './refuse-by-packet.ts';
import { refuseRequest, refuseUpgrade } from './refuse-upgrade.ts';

/**
 * An Engine.IO middleware that admits handshakes at a bounded rate. Requests within sessions pass,
 * also those forwarded from other gateways: their handshake has been admitted.
 *
 * A refusal is a response with `Retry-After`, on which socket.io-client tries again by itself, ever
 * later. If the handshake asks for it (`?refusal=packet`), the client receives the error as a
 * packet, which browsers show for both transports; socket.io-client would then give up.
 * @param trustedProxies `TRUST_PROXY`
 */
export function admitHandshakes(admission: Admission, trustedProxies: number): EngineMiddleware {
  return (request, response, next) => {
    const { sid, refusal } = engineQuery(request);
    if (sid !== undefined || request.method !== 'GET') return next();
    const isPoll = response instanceof ServerResponse;
    const newcomer = isPoll ? response : response.socket;
    // Until Engine.IO has it, nothing else handles its errors.
    const ignore = () => undefined;
    newcomer.on('error', ignore);
    admission.admit(newcomer, networkOf(rawClientAddress(request, trustedProxies))).then(
      (isThere) => {
        newcomer.off('error', ignore);
        if (isThere) next();
      },
      (error: unknown) => {
        const failure = AppError.from(error);
        if (refusal === 'packet') refuseByPacket(request, response, { error: failure });
        else if (isPoll) refuseRequest(response, failure);
        else refuseUpgrade(response.socket, failure);
      },
    );
  };
}
