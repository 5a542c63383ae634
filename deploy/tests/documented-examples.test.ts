import { readFileSync } from 'node:fs';
import { runInThisContext } from 'node:vm';
import { allOperations } from '@parley/contracts';
import type { FillInExamples } from '@parley/http';
import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EmbeddedTarget, startEmbeddedTarget } from './whole-stack/start-targets.ts';

interface Parameter {
  name: string;
  in: 'path' | 'query';
  example?: unknown;
  schema: { default?: unknown; example?: unknown; examples?: unknown[] };
}
interface DocumentedOperation {
  operationId?: string;
  description?: string;
  tags: string[];
  parameters?: Parameter[];
  requestBody?: { content: { 'application/json': { example?: unknown } } };
}
interface Document {
  tags: { name: string }[];
  paths: Record<string, Record<string, DocumentedOperation>>;
  'x-placeholders': Record<string, string>;
}

let target: EmbeddedTarget;
let document: Document;
beforeAll(async () => {
  target = await startEmbeddedTarget();
  document = (await (await fetch(`${target.url}/openapi.json`)).json()) as Document;
});
afterAll(() => target?.stop());

/** In the order of Swagger UI: by tag, then as in the document. */
const displayed = () =>
  document.tags.flatMap(({ name }) =>
    Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).flatMap(([method, operation]) =>
        operation.tags.includes(name) ? [{ method, path, ...operation }] : [],
      ),
    ),
  );

/** The value that Swagger UI fills in. */
const filledIn = ({ example, schema }: Parameter) =>
  example ?? schema.example ?? schema.examples?.[0] ?? schema.default;

test('the document shows every operation in exactly one place', () => {
  const shown = displayed().flatMap(({ operationId }) => operationId ?? []);
  expect([...shown].sort()).toEqual(allOperations.map(({ id }) => id).sort());
});

/** The page's own function, as a browser receives it. */
async function pageFunction(): Promise<FillInExamples> {
  const script = await (await fetch(`${target.url}/docs/start.js`)).text();
  const [source] = script.split('window.ui =');
  return runInThisContext(`(() => {${source}; return fillInExamples; })()`);
}

test('executing every example of Swagger UI in order, as printed, works', async () => {
  const memory = new Map<string, string>();
  const intercept = (await pageFunction())({
    document: Promise.resolve(document) as never,
    base: '/',
    memory: {
      getItem: (key) => memory.get(key) ?? null,
      setItem: (key, value) => void memory.set(key, value),
    },
  });
  const execute = async ({ method, path, parameters = [], requestBody }: ReturnType<typeof displayed>[0]) => {
    const url = new URL(target.url);
    const printed = parameters.map((parameter) => ({ ...parameter, value: filledIn(parameter) }));
    url.pathname = printed.reduce((all, { name, value }) => all.replace(`{${name}}`, String(value)), path);
    for (const { name, value, in: place } of printed)
      if (place === 'query' && value !== undefined) url.searchParams.set(name, String(value));
    const request = await intercept({
      url: url.href,
      method: method.toUpperCase(),
      headers: { 'content-type': 'application/json' },
      ...(requestBody && { body: JSON.stringify(requestBody.content['application/json'].example) }),
    });
    const response = await fetch(request.url, request as RequestInit);
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    request.responseInterceptor?.({ ok: response.ok, body: isJson && text ? JSON.parse(text) : undefined });
    return { status: response.status, text };
  };

  const refused: string[] = [];
  for (const operation of displayed()) {
    const { operationId = operation.path, description } = operation;
    // Notifications follow the events that they are about.
    const { status, text } =
      operationId === 'listNotifications'
        ? await eventually(async () => {
            const answer = await execute(operation);
            expect(JSON.parse(answer.text).notifications).not.toEqual([]);
            return answer;
          })
        : await execute(operation);
    const [, stated] = /The example is refused \((\d+)\)/.exec(description ?? '') ?? [];
    if (stated !== undefined) refused.push(operationId);
    if (stated === undefined ? status >= 400 : status !== Number(stated))
      expect.soft(`${operationId}: ${status} ${text}`).toBe(operationId);
  }
  expect(refused).toEqual(['cancelFriendRequest', 'runCommand']);
}, 240_000);

test('every placeholder in an example states the response and the field that it stands for', () => {
  const printed = JSON.stringify(document.paths);
  for (const [placeholder, from] of Object.entries(document['x-placeholders'])) {
    const [operationId, ...path] = from.split('.');
    expect(printed).toContain(JSON.stringify(placeholder));
    expect(printed).toContain(`\`${path.join('.')}\` of the response to \`${operationId}\``);
  }
});

test("the examples and the README's conversation register different names, so either may come first", () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const names = ['register', 'sharedRegister', 'sharedApiRegister'].map((id) => {
    const operation = displayed().find(({ operationId }) => operationId === id);
    const example = operation?.requestBody?.content['application/json'].example as { username?: string };
    return example.username ?? expect.fail(id);
  });
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(readme).not.toMatch(new RegExp(`\\b${name}\\b`, 'i'));
});
