import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { publishEvent } from '@parley/bus';
import { connectDatabase, type Database } from '@parley/database';
import { newId, seal } from '@parley/runtime';
import { createTestDatabase, eventually } from '@parley/testkit';
import jwt from 'jsonwebtoken';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { replaceSigningKey } from '../src/stores/signing-keys.ts';
import { rotateKeys } from '../src/usecases/rotate-keys.ts';
import { type AuthHarness, besideService, secretSetting, startAuth } from './auth-harness.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

let auth: AuthHarness;
let db: Database;
beforeAll(async () => {
  auth = await startAuth();
  db = connectDatabase({ url: auth.database.url, schema: 'auth' });
});
afterAll(async () => {
  await db.destroy();
  await auth.stop();
});

const jwks = async (at: AuthHarness = auth) => (await at.call('GET', '/.well-known/jwks.json')).body.keys;
const kidOf = (token: string) => jwt.decode(token, { complete: true })?.header.kid;
const kids = async (at?: AuthHarness) => (await jwks(at)).map(({ kid }: { kid: string }) => kid);

/** Rotates like the command, a separate process beside the service. */
const rotateNow = async (secret = secretSetting) => {
  const { context, outbox } = besideService(auth, db);
  await rotateKeys(context, { secret, olderThanMs: 0 });
  await outbox.drain();
};

/** A rotation whose event was lost. */
const replaceSilently = async (): Promise<string> => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const kid = newId();
  const now = auth.now();
  const publicJwk = { ...publicKey.export({ format: 'jwk' }), kid, alg: 'ES256', use: 'sig' };
  const sealedPrivateKey = seal(secretSetting, kid, privateKey.export({ format: 'der', type: 'pkcs8' }));
  await db.transaction((trx) =>
    replaceSigningKey(
      trx,
      { kid, publicJwk, sealedPrivateKey, createdAt: new Date(now) },
      new Date(now + day),
    ),
  );
  return kid;
};

describe('signing keys', () => {
  test('public keys are published, cacheable, and verify tokens; private parts are absent', async () => {
    const answer = await auth.call('GET', '/.well-known/jwks.json');
    expect(answer.headers.get('cache-control')).toBe('public, max-age=60');
    expect(answer.body.keys).toEqual([
      {
        kty: 'EC',
        crv: 'P-256',
        x: expect.any(String),
        y: expect.any(String),
        kid: expect.any(String),
        alg: 'ES256',
        use: 'sig',
      },
    ]);
    const { accessToken, user, sessionId } = await auth.registered({ organizationName: 'In the token' });
    const key = createPublicKey({ key: answer.body.keys[0], format: 'jwk' });
    const { payload, header } = jwt.verify(accessToken, key, {
      algorithms: ['ES256'],
      issuer: 'parley',
      audience: 'parley',
      complete: true,
    });
    expect(header).toMatchObject({ alg: 'ES256', kid: answer.body.keys[0].kid });
    expect(payload).toEqual({
      sub: user.id,
      sid: sessionId,
      id: user.id,
      name: user.username,
      username: user.username,
      contract: 'rooms',
      org: user.organizationId,
      role: 'admin',
      iss: 'parley',
      aud: 'parley',
      iat: expect.any(Number),
      exp: expect.any(Number),
    });
    const { iat = 0, exp = 0 } = payload as jwt.JwtPayload;
    expect(exp - iat).toBe(900);
  });

  test('private parts are encrypted in the database', async () => {
    const [row] = await db('signing_keys').select('*');
    expect(() => createPublicKey({ key: row.sealed_private_key, format: 'der', type: 'spki' })).toThrow();
    expect(row.sealed_private_key.includes(Buffer.from(row.public_jwk.x, 'base64url'))).toBe(false);
    expect(JSON.stringify(row.public_jwk)).not.toContain('"d"');
  });

  test('two replicas that start at once create one key', async () => {
    const database = await createTestDatabase();
    const shell: AuthHarness = { ...auth, database };
    const replicas = await Promise.all([startAuth({ beside: shell }), startAuth({ beside: shell })]);
    try {
      const [one, other] = await Promise.all(replicas.map((replica) => kids(replica)));
      expect(one).toHaveLength(1);
      expect(other).toEqual(one);
    } finally {
      for (const replica of replicas) await replica.stop();
      await database.drop();
    }
  });

  test('a rotated key signs everywhere at once; the old one verifies until its tokens expire', async () => {
    const beside = await startAuth({ beside: auth });
    try {
      const before = await auth.registered();
      await rotateNow();
      const [current] = await kids();
      expect(current).not.toBe(kidOf(before.token));
      await auth.published('signing_key.rotated', { kid: current });
      for (const replica of [auth, beside])
        await eventually(async () =>
          expect(kidOf((await replica.loggedIn(before.user.email)).token)).toBe(current),
        );
      const after = await beside.loggedIn(before.user.email);
      for (const token of [before.token, after.token])
        for (const replica of [auth, beside])
          expect((await replica.call('GET', '/api/v1/auth/me', { token })).status).toBe(200);
      auth.pass(7 * day - minute);
      expect((await beside.call('GET', '/api/v1/auth/me', { token: before.token })).status).toBe(200);
      auth.pass(minute);
      expect(await kids()).toContain(kidOf(before.token));
      auth.pass(3 * minute);
      expect(await kids()).toEqual([current]);
    } finally {
      await beside.stop();
    }
  });

  test('a repeated rotation event changes nothing, even repeated concurrently', async () => {
    const [current] = await kids();
    const announced = await auth.published('signing_key.rotated', { kid: current });
    const before = await kids();
    for (let round = 0; round < 2; round++)
      await Promise.all([publishEvent(auth.bus, announced), publishEvent(auth.bus, announced)]);
    expect(await kids()).toEqual(before);
    expect(kidOf((await auth.registered()).token)).toBe(current);
  });

  test('a replica that missed the event signs with the new key within a minute', async () => {
    const { user, token } = await auth.registered();
    const kid = await replaceSilently();
    expect(kidOf((await auth.loggedIn(user.email)).token)).toBe(kidOf(token));
    auth.pass(minute);
    expect(kidOf((await auth.loggedIn(user.email)).token)).toBe(kid);
  });

  test('a key is replaced automatically at its maximum age', async () => {
    const { user, token } = await auth.registered();
    auth.pass(29 * day);
    expect(kidOf((await auth.loggedIn(user.email)).token)).toBe(kidOf(token));
    auth.pass(2 * day);
    const renewed = kidOf((await auth.loggedIn(user.email)).token);
    expect(renewed).not.toBe(kidOf(token));
    await auth.published('signing_key.rotated', { kid: renewed });
  });

  test('with another SIGNING_SECRET the start fails with the reason, until the key is rotated', async () => {
    const other = 'another secret, of more than 32 characters as well';
    const start = () => startAuth({ beside: auth, env: { SIGNING_SECRET: other } });
    await expect(start()).rejects.toMatchObject({
      name: 'StartError',
      message: expect.stringContaining('SIGNING_SECRET'),
    });
    const old = await auth.registered();
    await rotateNow(other);
    const replica = await start();
    try {
      expect((await replica.call('GET', '/api/v1/auth/me', { token: old.token })).status).toBe(200);
      expect((await replica.registered()).user.id).toBeTypeOf('string');
    } finally {
      await replica.stop();
    }
  });
});
