/**
 * Reads a client's token from, in this order, `auth.token`, the headers
 * `Authorization: Bearer` and `token`, and `?token=`.
 */
export function readToken(handshake: {
  auth: Record<string, unknown>;
  headers: Record<string, string | string[] | undefined>;
  query: Record<string, unknown>;
}): string | undefined {
  const { auth, headers, query } = handshake;
  const candidates = [auth.token, headers.authorization, headers.token, query.token];
  const given = candidates.find((candidate) => typeof candidate === 'string' && candidate !== '');
  return typeof given === 'string' ? given.replace(/^Bearer\s+/i, '') : undefined;
}
