import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ask } from '@parley/bus';
import { calls } from '@parley/contracts';
import { connectDatabase } from '@parley/database';
import { createLogger, newId } from '@parley/runtime';
import { eventually, temporaryFolder } from '@parley/testkit';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
// @ts-expect-error: the package has no types
import { Provider } from 'oidc-provider';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { IssuerKeys } from '../src/crypto/issuer-keys.ts';
import { storedIssuerKeys } from '../src/stores/issuers.ts';
import { trustedIssuer } from '../src/trusted-issuers.ts';
import { type AuthHarness, type Json, startAuth } from './auth-harness.ts';

const audience = 'https://chat.example';
/** Signs access tokens for its client, as an integrator's own identity provider does. */
type Key = Awaited<ReturnType<typeof newKey>>;
let keys: Key[];
let server: Server;
let issuer: string;
let app: (request: Json, response: Json) => void;
let requests = 0;
let broken = false;
let auth: AuthHarness;

async function newKey(alg = 'RS256') {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const kid = newId();
  return {
    kid,
    alg,
    privateKey,
    publicJwk: await exportJWK(publicKey),
    jwk: { ...(await exportJWK(privateKey)), kid, alg, use: 'sig' },
  };
}

/** The provider, restarted with its present keys: that is how it rotates them. */
function startProvider(): void {
  const provider = new Provider(issuer, {
    jwks: { keys: keys.map(({ jwk }) => jwk) } as never,
    clients: [
      {
        client_id: 'website',
        client_secret: 'of the website',
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
      },
    ],
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => audience,
        getResourceServerInfo: () => ({
          scope: 'chat',
          audience,
          accessTokenTTL: 600,
          accessTokenFormat: 'jwt' as const,
          jwt: { sign: { alg: 'RS256' as const } },
        }),
        useGrantedResource: () => true,
      },
    },
    extraTokenClaims: () => ({ sub: 'robot-1', preferred_username: 'robot', name: 'Robot One' }),
  });
  app = provider.callback();
}

function issue(claims: JWTPayload, options: { key?: Key | undefined; lifeSeconds?: number } = {}) {
  const { lifeSeconds = 600 } = options;
  const { alg, kid, privateKey } = options.key ?? keys[0] ?? expect.fail('no key');
  const now = Math.floor(auth.now() / 1_000);
  return new SignJWT({ iss: issuer, aud: audience, ...claims })
    .setProtectedHeader({ alg, kid })
    .setIssuedAt(now)
    .setExpirationTime(now + lifeSeconds)
    .sign(privateKey);
}

const me = (token: string) => auth.call('GET', '/api/v1/auth/me', { token });
const codeOf = async (token: string) => {
  const { status, body } = await me(token);
  return status === 200 ? body.user.username : body.code;
};

beforeAll(async () => {
  keys = [await newKey()];
  server = createServer((request, response) => {
    requests++;
    if (broken) return void request.destroy();
    app(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  startProvider();
  const trusted = {
    issuer,
    audience,
    claims: { organization: 'org', role: 'roles' },
    roles: { 'chat-admin': 'admin' },
  };
  auth = await startAuth({ env: { TRUSTED_ISSUERS: JSON.stringify([trusted]) } });
}, 60_000);
afterAll(async () => {
  await auth.stop();
  server.close();
  server.closeAllConnections();
});

test('a token that the provider issues itself is a login, found by discovery', async () => {
  const response = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from('website:of%20the%20website').toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'chat', resource: audience }),
  });
  const { access_token: token } = (await response.json()) as Json;
  const { status, body } = await me(token);
  expect(status, JSON.stringify(body)).toBe(200);
  expect(body.user).toMatchObject({ username: 'robot', name: 'Robot One', email: '', organizationId: null });
});

test('ten first requests at once create one user', async () => {
  const token = await issue({ sub: newId(), preferred_username: 'mary@example.org', name: 'Mary' });
  const answers = await Promise.all(Array.from({ length: 10 }, () => me(token)));
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  const users = answers.map(({ body }) => body.user);
  expect(new Set(users.map(({ id }) => id)).size).toBe(1);
  expect(users[0].username).toMatch(/^mary\d*$/);
  const created = auth.events.filter(
    ({ type, data }) => type === 'user.registered' && data.userId === users[0].id,
  );
  expect(created).toHaveLength(1);
});

test('name, organization and role follow the claims', async () => {
  const sub = newId();
  const org = `Org ${newId()}`;
  const user = async (claims: object) => (await me(await issue({ sub, ...claims }))).body.user;
  const first = await user({ name: 'Grace', org, roles: ['other'] });
  expect(first).toMatchObject({ name: 'Grace', organizationRole: 'user' });
  const promoted = await user({ name: 'Grace H', org, roles: ['chat-admin', 'other'] });
  expect(promoted).toMatchObject({
    ...{ id: first.id, name: 'Grace H', organizationId: first.organizationId, organizationRole: 'admin' },
  });
  const colleague = await me(await issue({ sub: newId(), org }));
  expect(colleague.body.user.organizationId).toBe(first.organizationId);
  const moved = await user({ name: 'Grace H', org: `Org ${newId()}` });
  expect(moved).toMatchObject({ id: first.id, organizationRole: 'user' });
  expect(moved.organizationId).not.toBe(first.organizationId);
  expect(await user({ name: 'Grace H' })).toMatchObject({ organizationId: null, organizationRole: null });
});

test('a claim never leads into an organization that somebody else has founded', async () => {
  const organizationName = `Org ${newId()}`;
  await auth.registered({ organizationName });
  expect(await codeOf(await issue({ sub: newId(), org: organizationName }))).toBe('organization_name_taken');
});

test('wrong issuers, audiences, signatures and times are refused, and missing signatures', async () => {
  const [key] = keys;
  const stranger = await newKey();
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { iss: issuer, aud: audience, sub: 'eve', exp: Math.floor(auth.now() / 1_000) + 600 };
  const unsigned = `${encode({ alg: 'none', kid: key?.kid })}.${encode(claims)}.`;
  // A verifier that lets the token choose would take the public key for a shared secret.
  const secret = new TextEncoder().encode(JSON.stringify(key?.publicJwk));
  const confused = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256', kid: key?.kid ?? '' })
    .sign(secret);
  const tokens = [
    await issue({ sub: 'eve', iss: 'https://elsewhere.example' }),
    await issue({ sub: 'eve', aud: 'https://other.example' }),
    await issue({ sub: 'eve' }, { key: { ...stranger, kid: key?.kid ?? '' } }),
    await issue({ sub: 'eve' }, { key: stranger }),
    await issue({}),
    unsigned,
    confused,
  ];
  const codes = [];
  for (const token of tokens) codes.push(await codeOf(token));
  expect(codes).toEqual(codes.map(() => 'unauthenticated'));
  expect(await codeOf(await issue({ sub: 'eve' }, { lifeSeconds: -120 }))).toBe('token_expired');
  expect(auth.events.filter(({ data }) => data.username === 'eve')).toEqual([]);
});

test('a new key works at once, and a removed one no longer after a while', async () => {
  const token = await issue({ sub: newId() });
  expect(await codeOf(token)).not.toBe('unauthenticated');
  const [old] = keys;
  keys = [await newKey(), ...keys];
  startProvider();
  auth.pass(6_000);
  expect(await codeOf(await issue({ sub: newId() }))).not.toBe('unauthenticated');
  expect(await codeOf(await issue({ sub: newId() }, { key: old }))).not.toBe('unauthenticated');
  keys = keys.slice(0, 1);
  startProvider();
  auth.pass(5 * 60_000 + 1_000);
  expect(await codeOf(await issue({ sub: newId() }, { key: old }))).toBe('unauthenticated');
});

test('while the provider is away, its users stay, also after a restart; unknown keys may retry', async () => {
  const token = await issue({ sub: newId(), preferred_username: 'stays' });
  const username = await codeOf(token);
  broken = true;
  const unknown = await newKey();
  const db = connectDatabase({ url: auth.database.url, schema: 'auth' });
  try {
    auth.pass(6 * 60_000);
    const later = await issue({ sub: newId(), preferred_username: 'later' });
    expect(await codeOf(later)).toMatch(/^later/);
    expect(await codeOf(token)).toBe(username);
    auth.pass(6_000);
    const { status, body } = await me(await issue({ sub: 'x' }, { key: unknown }));
    expect([status, body.code]).toEqual([503, 'unavailable']);
    // A process that has just started has only what the last one stored.
    const started = new IssuerKeys(trustedIssuer.parse({ issuer, audience }), {
      stored: storedIssuerKeys(db, () => new Date(auth.now())),
      clock: auth.now,
      logger: createLogger({ service: 'auth', level: 'silent' }),
    });
    expect(await started.verify(await issue({ sub: 'after a restart' }))).toMatchObject({ iss: issuer });
  } finally {
    broken = false;
    await db.destroy();
  }
});

test('the keys may be in a file, and clocks may differ by the tolerance', async () => {
  const path = join(temporaryFolder(), 'keys.json');
  const published = keys.map(({ publicJwk, kid, alg }) => ({ ...publicJwk, kid, alg, use: 'sig' }));
  writeFileSync(path, JSON.stringify({ keys: published }));
  const jwks = pathToFileURL(path).href;
  const db = connectDatabase({ url: auth.database.url, schema: 'auth' });
  try {
    const fromFile = new IssuerKeys(
      trustedIssuer.parse({ issuer: 'https://file.example', audience, jwks, clockSkew: '30s' }),
      {
        stored: storedIssuerKeys(db, () => new Date(auth.now())),
        clock: auth.now,
        logger: createLogger({ service: 'auth', level: 'silent' }),
      },
    );
    const before = requests;
    const verify = async (lifeSeconds: number) =>
      fromFile.verify(await issue({ iss: 'https://file.example', sub: 'x' }, { lifeSeconds }));
    expect(await verify(600)).toMatchObject({ sub: 'x' });
    expect(await verify(-20)).toMatchObject({ sub: 'x' });
    await expect(verify(-40)).rejects.toMatchObject({ code: 'token_expired' });
    expect(requests).toBe(before);
  } finally {
    await db.destroy();
  }
});

test('unknown keys do not flood the provider', async () => {
  const before = requests;
  const stranger = await newKey();
  for (let count = 0; count < 20; count++) await codeOf(await issue({ sub: 'x' }, { key: stranger }));
  expect(requests - before).toBeLessThanOrEqual(4);
});

test('a logout ends the session for all its tokens so far; later tokens open another', async () => {
  const claims = { sub: newId(), sid: 'session at the provider' };
  const [token, other] = [await issue(claims), await issue({ ...claims, jti: 'another' })];
  expect(await codeOf(token)).toBe(await codeOf(other));
  await auth.call('POST', '/api/v1/auth/logout', { token });
  for (const each of [token, other])
    await eventually(async () => expect(await codeOf(each)).toBe('session_revoked'), { timeoutMs: 1_000 });
  auth.pass(2_000);
  expect(await codeOf(await issue(claims))).toMatch(/^user/);
});

test('every service accepts the tokens, and asks auth once for each', async () => {
  const token = await issue({ sub: newId() });
  const [one, two] = await Promise.all(
    [token, token].map((each) => ask(auth.bus, calls.acceptIssuedToken, { token: each })),
  );
  expect(one).toEqual(two);
  const { issuers } = await ask(auth.bus, calls.getVerificationState, {});
  expect(issuers).toEqual([issuer]);
});
