import { type IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '@parley/errors';
import type { Clock, Logger } from '@parley/runtime';
import { type EngineMiddleware, engineQuery, type UpgradeResponse } from '../engine-middleware.ts';
import { refuseRequest, refuseUpgrade } from '../refuse-upgrade.ts';
import { upgradeHeadOf } from '../upgrade-heads.ts';
import { OwnerGone } from './ask-owner.ts';
import { forwardHeader, isForwardSigned } from './forward-signature.ts';
import type { Forwarder } from './forwarder.ts';
import type { PeerRegistry } from './peer-registry.ts';
import { gatewayOf } from './session-id.ts';

export interface ForwardToOwnerOptions {
  gatewayId: string;
  /** Signs the requests forwarded to this gateway. */
  secret: string;
  peers: PeerRegistry;
  forwarder: Forwarder;
  clock: Clock;
  logger: Logger;
}

/**
 * Forwards the requests of sessions that belong to other gateways. Engine.IO answers the rest, and
 * requests whose owner is gone: it does not know the session, and the client opens a new one.
 * Forwarded requests are never forwarded again.
 */
export function forwardToOwner({
  gatewayId,
  secret,
  peers,
  forwarder,
  clock,
  logger,
}: ForwardToOwnerOptions): EngineMiddleware {
  /** Answers whether the request was forwarded. */
  const forward = async (
    owner: string,
    request: IncomingMessage,
    response: ServerResponse | UpgradeResponse,
  ): Promise<boolean> => {
    const peer = await peers.find(owner);
    if (!peer) return false;
    try {
      if (response instanceof ServerResponse) await forwarder.request(peer, request, response);
      else await forwarder.upgrade(peer, request, response.socket, upgradeHeadOf(request));
      return true;
    } catch (error) {
      if (error instanceof OwnerGone) return false;
      throw error;
    }
  };
  return (request, response, next) => {
    const owner = gatewayOf(engineQuery(request).sid);
    const signature = request.headers[forwardHeader];
    if (signature !== undefined) {
      const isForged = owner === gatewayId && !isForwardSigned(request, String(signature), secret, clock);
      return isForged ? next(new Error('invalid forward signature')) : next();
    }
    if (owner === undefined || owner === gatewayId) return next();
    if (!(response instanceof ServerResponse)) response.socket.on('error', () => response.socket.destroy());
    forward(owner, request, response).then(
      (done) => done || next(),
      (error: unknown) => {
        logger.debug({ err: error }, 'failed to forward a request; answered unavailable');
        const failure = new AppError('unavailable', { cause: error });
        if (response instanceof ServerResponse) refuseRequest(response, failure);
        else refuseUpgrade(response.socket, failure);
      },
    );
  };
}
