import { expect, test } from 'vitest';
import { createLogger } from './logger.ts';
import { redactError, redactText } from './redact.ts';

const lines: string[] = [];
const logger = createLogger({
  service: 'test',
  level: 'trace',
  destination: { write: (line) => void lines.push(line) },
});
const written = (log: () => void): string => {
  lines.length = 0;
  log();
  return lines.join('');
};
const jwt = 'eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ4In0.unmistakable';
const rowError = Object.assign(new Error('null value violates not-null constraint'), {
  code: '23502',
  constraint: 'messages_content',
  detail: 'Failing row contains (1, unmistakable).',
});

test.each([
  ['a field at any depth', { a: { b: { c: { d: [{ password: 'unmistakable' }] } } } }],
  [
    'a name in any letter case',
    { HEADERS: { Authorization: 'unmistakable', 'SET-COOKIE': ['unmistakable'] } },
  ],
  [
    'a name in any notation',
    { access_token: 'unmistakable', new_password: 'unmistakable', 'x-api-key': 'unmistakable' },
  ],
  ['a whole object under a secret name', { token: { value: 'unmistakable' } }],
  ['a body as JSON text', { body: JSON.stringify({ newPassword: 'not me", unmistakable' }) }],
  ['escaped JSON text', { body: JSON.stringify(JSON.stringify({ password: 'unmistakable' })) }],
  ['a body that is cut off', { err: new SyntaxError('Unexpected end: "{"password":"unmistakable') }],
  ['an unescaped password in a URL', { url: 'amqps://parley:un@mistak/unmistakable@rabbit:5671/x' }],
  ['a query', { url: '/socket.io/?EIO=4&TOKEN=unmistakable' }],
  ['a percent-encoded query', { url: '/ws?%74oken=unmistakable' }],
  ['an access token', { note: `refused ${jwt}` }],
  ['a header in a text', { note: 'got Authorization: bearer unmistakable' }],
  [
    'the input of a failed URL',
    { err: Object.assign(new TypeError('Invalid URL'), { input: 'x://a:unmistakable@[' }) },
  ],
  [
    'the cause of an error',
    { err: new Error('x', { cause: new Error('redis://:unmistakable@redis refused') }) },
  ],
  ['one of several errors', { err: new AggregateError([new Error('postgres://a:unmistakable@b')]) }],
  ['a row in an error of PostgreSQL', { err: rowError }],
])('a log line does not show %s', (_case, fields) => {
  const line = written(() => logger.error(fields, 'failed'));
  expect(JSON.parse(line)).toMatchObject({ msg: 'failed', service: 'test' });
  expect(line).not.toContain('unmistakable');
});

test('messages and the fields of a child logger are redacted, too', () => {
  const line = written(() =>
    logger
      .child({ refreshToken: 'unmistakable', roomId: '7' })
      .info('connecting to %s', 'redis://:unmistakable@redis'),
  );
  expect(line).not.toContain('unmistakable');
  expect(JSON.parse(line)).toMatchObject({ roomId: '7', msg: 'connecting to redis://…@redis' });
});

test('a line keeps what explains the error', () => {
  const line = JSON.parse(written(() => logger.error({ err: rowError }, 'failed')));
  expect(line.err).toMatchObject({ type: 'Error', code: '23502', constraint: 'messages_content' });
  expect(line.err.stack).toContain('redact.test.ts');
  const both = new AggregateError([Object.assign(new Error('connect ECONNREFUSED ::1'), { port: 5432 })]);
  expect(JSON.parse(written(() => logger.error(both))).err.aggregateErrors).toMatchObject([
    { message: 'connect ECONNREFUSED ::1', port: 5432 },
  ]);
});

test('an error on the console shows no secret', () => {
  const cause = Object.assign(new TypeError('Invalid URL'), {
    input: 'postgres://auth:unmistakable@db:x/parley',
  });
  const text = redactError(new Error('failed', { cause }));
  expect(text).toContain('postgres://…@db');
  expect(text).not.toContain('unmistakable');
  expect(redactError({ password: 'unmistakable', nested: { apiKey: "un'mistakable" } })).not.toContain(
    'mistakable',
  );
});

test('ordinary text stays as it is', () => {
  const text = 'what happened? token refused at https://chat.example/rooms/7 by user@host (/app/x.ts:1:2)';
  expect(redactText(text)).toBe(text);
});

test('a hostile text is redacted in time proportional to its length', () => {
  const texts = ['a://', '?a', '-eyJ', 'token', 'token="', 'token ', '\\"token\\":\\"', 'bearer '];
  const startedAt = performance.now();
  for (const text of texts) redactText(text.repeat(10_000));
  expect(performance.now() - startedAt).toBeLessThan(10_000);
});
