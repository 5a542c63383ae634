import { fileURLToPath } from 'node:url';
import { allOperations } from '@parley/contracts';
import newman from 'newman';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { postmanCollection } from '../postman/collection.ts';
import { walks } from '../postman/walks.ts';
import { borrowEmbeddedTarget } from './whole-stack/start-targets.ts';
import type { Target } from './whole-stack/target.ts';

const file = fileURLToPath(new URL('../postman/parley.postman_collection.json', import.meta.url));
const contracts = ['groups', 'organizations', 'direct', 'conversations', 'rooms'];
let target: Target;

beforeAll(async () => {
  target = await borrowEmbeddedTarget();
});
afterAll(() => target?.stop());

test('the collection matches the API (`npm test -- deploy/tests/postman -u` updates it)', async () => {
  await expect(`${JSON.stringify(postmanCollection(allOperations), null, 2)}\n`).toMatchFileSnapshot(file);
});

test('the collection has folders for programs, messages and webhooks, and one per client contract', () => {
  expect(Object.keys(walks)).toEqual(['programs', 'messages', ...contracts, 'hooks']);
  const called = new Set(walks.hooks?.steps.map(({ call }) => call));
  // A command needs a receiver that answers.
  const calls = allOperations.filter(({ service, id }) => service === 'hooks' && id !== 'runCommand');
  expect(calls.map(({ id }) => id).filter((id) => !called.has(id))).toEqual([]);
  const ofMessages = new Set(walks.messages?.steps.map(({ call }) => call));
  const own = allOperations.filter(
    ({ service, path }) => service === 'messages' && path.startsWith('/api/v1/'),
  );
  expect(own.map(({ id }) => id).filter((id) => !ofMessages.has(id))).toEqual([]);
  for (const contract of contracts) {
    const called = new Set(walks[contract]?.steps.map(({ call }) => call));
    const calls = allOperations.filter(
      ({ tag, id }) =>
        [tag].flat().includes(contract) && /^(groups|organizations|direct|conversations|shared)/.test(id),
    );
    expect(calls.map(({ id }) => id).filter((id) => !called.has(id))).toEqual([]);
  }
});

test('the collection runs through with a base URL, and again', async () => {
  for (const round of [1, 2]) {
    const summary = await run(target.url);
    const failures = summary.run.failures.map(({ source, error }) => `${source?.name}: ${error.message}`);
    expect([round, failures]).toEqual([round, []]);
    expect(summary.run.stats.requests.total).toBe(Object.values(walks).flatMap(({ steps }) => steps).length);
  }
});

const run = (baseUrl: string) =>
  new Promise<newman.NewmanRunSummary>((resolve, reject) => {
    newman.run(
      {
        collection: postmanCollection(allOperations),
        envVar: [{ key: 'baseUrl', value: baseUrl }],
        delayRequest: 20,
      },
      (error, summary) => (error ? reject(error) : resolve(summary)),
    );
  });
