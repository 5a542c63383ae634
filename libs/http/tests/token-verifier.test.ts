import { answer, MemoryBus } from '@parley/bus';
import { type ClientContract, calls, clientContract } from '@parley/contracts';
import { createLogger, newId } from '@parley/runtime';
import { createTestAuth } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TokenVerifier } from '../src/index.ts';

const logger = createLogger({ service: 'test', level: 'silent' });
let bus: MemoryBus;
let verifier: TokenVerifier;
let token: (contract?: ClientContract) => string;
beforeAll(async () => {
  bus = new MemoryBus({ logger });
  const auth = await createTestAuth(bus);
  token = (contract) => auth.token({ userId: newId(), username: 'ada', ...(contract && { contract }) });
  verifier = new TokenVerifier({ bus, clock: Date.now, logger });
});
afterAll(() => bus.close());

test.each(clientContract.options)('a caller has the client contract of the token: %s', async (contract) => {
  expect((await verifier.verify(token(contract))).caller.contract).toBe(contract);
});

test('a token without a contract, or with a contract of a later release, yields null', async () => {
  expect((await verifier.verify(token())).caller.contract).toBeNull();
  expect((await verifier.verify(token('of the future' as ClientContract))).caller.contract).toBeNull();
});

test('revoked sessions are loaded page by page', async () => {
  const paged = new MemoryBus({ logger });
  const auth = await createTestAuth(new MemoryBus({ logger }));
  const sessionIds = [newId(), newId(), newId()];
  const until = new Date(Date.now() + 60_000).toISOString();
  await answer(paged, calls.getVerificationState, async ({ after }) => {
    const index = after === undefined ? 0 : sessionIds.indexOf(after) + 1;
    const sessionId = sessionIds[index] ?? expect.fail('asked beyond the last page');
    return { keys: [], revoked: [{ sessionId, until }], ...(index < 2 && { next: sessionId }) };
  });
  try {
    const ended: string[] = [];
    const late = new TokenVerifier({ bus: paged, clock: Date.now, logger });
    late.onRevoked((sessionId) => ended.push(sessionId));
    await expect(late.verify(auth.token({ userId: newId(), username: 'ada' }))).rejects.toMatchObject({
      code: 'unauthenticated',
    });
    expect(ended).toEqual(sessionIds);
  } finally {
    await paged.close();
  }
});
