import type { Operation } from '@parley/contracts';
import type { Step } from './walk.ts';
import { walks } from './walks.ts';

/**
 * The walks as a Postman collection (format 2.1). Addresses, methods and descriptions come from the
 * API's operations.
 */
export function postmanCollection(operations: readonly Operation[]): object {
  const byId = new Map(operations.map((operation) => [operation.id, operation]));
  return {
    info: {
      name: 'Parley',
      description:
        'Set `baseUrl` and run a folder from top to bottom: each request keeps what the next ones need.',
      schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json',
    },
    variable: [{ key: 'baseUrl', value: 'http://127.0.0.1:3000' }],
    item: Object.entries(walks).map(([name, { description, steps }]) => ({
      name,
      description,
      item: steps.map((step, index) => {
        const operation = byId.get(step.call);
        if (!operation) throw new Error(`the API has no operation ${step.call}`);
        return item(operation, step, index === 0);
      }),
    })),
  };
}

function item(operation: Operation, step: Step, isFirst: boolean) {
  const segments = operation.path
    .slice(1)
    .split('/')
    .map((segment) => (segment.startsWith(':') ? (step.path?.[segment.slice(1)] ?? segment) : segment));
  const query = Object.entries(step.query ?? {}).map(([key, value]) => ({ key, value }));
  const search = query.length > 0 ? `?${query.map(({ key, value }) => `${key}=${value}`).join('&')}` : '';
  return {
    name: `${operation.method.toUpperCase()} ${operation.path}`,
    event: [
      // Each run registers new users, so a folder can run again.
      ...(isFirst
        ? [script('prerequest', ["pm.collectionVariables.set('run', Date.now().toString(36));"])]
        : []),
      script('test', testLines(operation, step)),
    ],
    request: {
      method: operation.method.toUpperCase(),
      description: [operation.summary, operation.description].filter(Boolean).join('\n\n'),
      auth: step.as
        ? { type: 'bearer', bearer: [{ key: 'token', value: `{{${step.as}Token}}`, type: 'string' }] }
        : { type: 'noauth' },
      url: {
        raw: `{{baseUrl}}/${segments.join('/')}${search}`,
        host: ['{{baseUrl}}'],
        path: segments,
        query,
      },
      ...(step.body !== undefined && {
        header: [{ key: 'Content-Type', value: 'application/json' }],
        body: {
          mode: 'raw',
          raw: JSON.stringify(step.body, null, 2),
          options: { raw: { language: 'json' } },
        },
      }),
    },
  };
}

function testLines(operation: Operation, { keep = {} }: Step): string[] {
  const kept = Object.entries(keep).map(
    ([variable, path]) =>
      `pm.collectionVariables.set('${variable}', answer${path.split('.').map(access).join('')});`,
  );
  return [
    `pm.test('answers ${operation.status}', () => pm.response.to.have.status(${operation.status}));`,
    ...(kept.length > 0 ? ['const answer = pm.response.json();', ...kept] : []),
  ];
}

const access = (key: string) => (/^\d+$/.test(key) ? `[${key}]` : `.${key}`);

const script = (listen: 'prerequest' | 'test', exec: string[]) => ({
  listen,
  script: { type: 'text/javascript', exec },
});
