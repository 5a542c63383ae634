import { allOperations, pasteInto, type WalkthroughStep, walkthroughStep } from '@parley/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Json } from './whole-stack/chat-user.ts';
import { type EmbeddedTarget, startEmbeddedTarget } from './whole-stack/start-targets.ts';

interface Parameter {
  name: string;
  in: 'path' | 'query';
  example?: unknown;
  schema: { default?: unknown; example?: unknown; examples?: unknown[] };
}
interface DocumentedOperation {
  operationId?: string;
  tags: string[];
  parameters?: Parameter[];
  security?: unknown[];
  requestBody?: { content: { 'application/json': { example?: unknown } } };
}
interface Document {
  tags: { name: string }[];
  paths: Record<string, Record<string, DocumentedOperation>>;
}

/** Operations that end the reader's session. */
const endsTheSession = new Set([
  'removeOrganizationMember',
  'leaveOrganization',
  'revokeSession',
  'sharedLogOut',
  'logOut',
]);

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

test('every example works in order, except for a few that need another person', async () => {
  const responses: Record<string, Json> = {};
  let token = '';
  const execute = async ({
    method,
    path,
    parameters = [],
    requestBody,
    operationId = '',
    security,
  }: ReturnType<typeof displayed>[0]) => {
    const step: WalkthroughStep = walkthroughStep(operationId)?.step ?? {};
    const paste = ({ from }: { from: string }) =>
      from.split('.').reduce<Json>((value, key) => value?.[key], responses);
    const pasted = (name: string) => step.params?.[name] && paste(step.params[name]);
    const filled = parameters.map((parameter) => ({
      ...parameter,
      value: pasted(parameter.name) ?? filledIn(parameter),
    }));
    const url = new URL(target.url);
    url.pathname = filled.reduce(
      (all, { name, value }) => all.replace(`{${name}}`, encodeURIComponent(String(value))),
      path,
    );
    for (const { name, value, in: place } of filled)
      if (place === 'query' && value !== undefined) url.searchParams.set(name, String(value));
    const shown = requestBody?.content['application/json'].example;
    expect(shown).toEqual(requestBody && pasteInto(step.body, (each) => each.shown));
    const response = await fetch(url, {
      method: method.toUpperCase(),
      headers: {
        ...(security?.length !== 0 && { authorization: `Bearer ${token}` }),
        'content-type': 'application/json',
      },
      ...(requestBody && { body: JSON.stringify(pasteInto(step.body, paste)) }),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    responses[operationId] = isJson && text ? JSON.parse(text) : undefined;
    return { status: response.status, text };
  };

  const operations = displayed();
  const refused: string[] = [];
  for (const operation of operations) {
    const { operationId = operation.path } = operation;
    const { status, text } = await execute(operation);
    const expected = walkthroughStep(operationId)?.step.refused;
    if (expected) {
      refused.push(operationId);
      expect([operationId, status]).toEqual([operationId, expected.status]);
    } else if (status >= 400) expect.soft(`${operationId}: ${status} ${text}`).toBe(operationId);
    if (operationId === 'register') token = responses.register?.accessToken;
    if (endsTheSession.has(operationId)) {
      const logIn = operations.find((each) => each.operationId === 'logIn');
      if (logIn) await execute(logIn);
      token = responses.logIn?.accessToken;
    }
  }
  expect(refused.length).toBeLessThan(10);
}, 240_000);
