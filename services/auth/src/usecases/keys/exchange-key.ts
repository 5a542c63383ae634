import { AppError } from '@parley/errors';
import { signAccessToken } from '../../crypto/access-token.ts';
import { isKey, prefixOf } from '../../crypto/api-key.ts';
import {
  type ApiKey,
  concerns,
  externalProvider,
  grantOf,
  isValidKey,
  sessionEndOf,
} from '../../domain/api-key.ts';
import type { Identity } from '../../domain/identity.ts';
import type { Device } from '../../domain/session.ts';
import { holdKeyByPrefix, touchKey } from '../../stores/api-keys.ts';
import { findExternalUser } from '../../stores/external-identities.ts';
import { findActingSession, insertSession, touchSession } from '../../stores/sessions.ts';
import { lockUser } from '../../stores/users.ts';
import type { Context, Transaction } from '../context.ts';
import { recordKeyAction } from './record-key-action.ts';

/** A user by one of its ids. */
export interface WhichUser {
  userId?: string | undefined;
  externalId?: string | undefined;
}

interface ExchangeKey extends WhichUser {
  key: string;
  device: Device;
  requestId: string;
}

export interface KeyToken {
  accessToken: string;
  ttlMs: number;
  apiKey: ApiKey;
  /** The user or bot that the token acts for. */
  subject: Identity | undefined;
}

/**
 * Exchanges a key for an access token of the key itself, of its bot, or for a user.
 * @throws AppError `invalid_api_key`; `insufficient_scope`, `user_not_found` for a user
 */
export async function exchangeKey(context: Context, input: ExchangeKey): Promise<KeyToken> {
  const signer = await context.keyRing.signer();
  const { apiKey, subject, sessionId, ttlMs } = await context.transact(async (tx) => {
    const now = context.clock();
    const apiKey = await requireKey(tx, input.key, now);
    const subject = await subjectOf(tx, apiKey, input);
    const ttlMs = Math.min(
      context.settings.accessTtlMs,
      (apiKey.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY) - now,
    );
    const sessionId = await openKeySession(context, tx, { apiKey, subject, device: input.device, ttlMs });
    if (subject && apiKey.botId === null) {
      const { requestId } = input;
      await recordKeyAction(context, tx, {
        ...{ keyId: apiKey.id, userId: subject.id, action: 'exchangeKey', requestId },
      });
    }
    return { apiKey, subject, sessionId, ttlMs };
  });
  await touchKey(context.db, apiKey.id, new Date(context.clock()));
  const { id, name, organizationId } = apiKey;
  const accessToken = signAccessToken(
    signer,
    subject ?? { id, username: name, organizationId, organizationRole: null },
    {
      id: sessionId,
      contract: 'rooms',
      now: context.clock(),
      ttlMs,
      grant: grantOf(apiKey, subject !== undefined),
    },
  );
  return { accessToken, ttlMs, apiKey, subject };
}

/** The same error for an unknown, a revoked and an expired key. */
async function requireKey({ trx }: Transaction, given: string, now: number): Promise<ApiKey> {
  const prefix = prefixOf(given);
  const found = prefix === undefined ? undefined : await holdKeyByPrefix(trx, prefix);
  if (!found || !isKey(given, found.hash) || !isValidKey(found.key, now))
    throw new AppError('invalid_api_key');
  return found.key;
}

async function subjectOf(tx: Transaction, key: ApiKey, which: WhichUser): Promise<Identity | undefined> {
  const named = which.userId !== undefined || which.externalId !== undefined;
  if (named && !key.scopes.includes('users:act'))
    throw new AppError('insufficient_scope', { detail: 'This requires the scope `users:act`.' });
  if (named) return requireUserOfKey(tx, key, which);
  return key.botId === null ? undefined : requireUserOfKey(tx, key, { userId: key.botId });
}

/**
 * The user, locked, if the key may act on it.
 * @throws AppError `user_not_found`
 */
export async function requireUserOfKey(
  { trx }: Transaction,
  key: ApiKey,
  { userId, externalId }: WhichUser,
): Promise<Identity> {
  const provider = externalProvider(key.organizationId);
  const id = userId ?? (await findExternalUser(trx, { provider, subject: externalId ?? '' }));
  const user = id === undefined ? undefined : await lockUser(trx, id);
  if (!user || !concerns(key, user.identity)) throw new AppError('user_not_found');
  return user.identity;
}

/** The session of the token: that of the key, or the one in which it acts for the user. */
async function openKeySession(
  context: Context,
  { trx }: Transaction,
  token: { apiKey: ApiKey; subject: Identity | undefined; device: Device; ttlMs: number },
): Promise<string> {
  const { apiKey, subject, device, ttlMs } = token;
  const now = new Date(context.clock());
  const accessExpiresAt = new Date(now.getTime() + ttlMs);
  const touched = { device, now, expiresAt: accessExpiresAt, accessExpiresAt };
  if (!subject || subject.id === apiKey.botId) {
    await touchSession(trx, { ...touched, id: apiKey.id, expiresAt: sessionEndOf(apiKey) });
    return apiKey.id;
  }
  const which = { keyId: apiKey.id, userId: subject.id };
  const known = await findActingSession(trx, which, now);
  if (known) await touchSession(trx, { ...touched, id: known });
  const id = known ?? context.newId();
  if (!known) await insertSession(trx, { ...touched, id, contract: 'rooms', ...which });
  return id;
}
