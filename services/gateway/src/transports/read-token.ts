/**
 * Reads a client's token from, in this order, `auth.token`, `Authorization: Bearer` and `?token=`.
 */
export function readToken(handshake: {
  auth: Record<string, unknown>;
  headers: { authorization?: string | undefined };
  query: Record<string, unknown>;
}): string | undefined {
  const candidates = [handshake.auth.token, handshake.headers.authorization, handshake.query.token];
  const given = candidates.find((candidate) => typeof candidate === 'string' && candidate !== '');
  return typeof given === 'string' ? given.replace(/^Bearer\s+/i, '') : undefined;
}
