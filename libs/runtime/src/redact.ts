import { inspect } from 'node:util';

const names = 'password|passphrase|secret|token|authorization|cookie|api[-_]?key|private[-_]?key|credential';
const secretName = new RegExp(`${names}|^content$`, 'i');

const values = [
  '(["\'`])(?:\\\\.|(?!\\2).)*(?:\\2|$)',
  '\\\\+["\'].*?(?:\\\\["\']|$)',
  '[^\\s"\',;&}\\]]+',
].join('|');

/** Each pattern finds a secret in a text, and what replaces it. */
const secrets: [RegExp, string][] = [
  // The credentials of a URL. A password may contain an unescaped @.
  [/\b([a-z][a-z\d+.-]{1,30}:\/\/)[^\s"'`<>]{0,500}@/gi, '$1…@'],
  // The query of a URL: the name of a parameter may be percent-encoded.
  [/\?[^\s"'`=?]{1,200}=[^\s"'`]*/g, '?…'],
  // A JSON Web Token, wherever it is.
  [/\beyJ[\w-]{5,500}\.[\w.-]+/g, '…'],
  [/\b(bearer|basic) +[^\s"'`,;]+/gi, '$1 …'],
  // password=x, "accessToken": "x", \"token\":\"x\", { set-cookie: 'x' }, also when cut off
  [new RegExp(`((?:${names})[\\w-]{0,30}(?:\\\\*["'])? *[=:] *)(?:${values})`, 'gis'), '$1…'],
];

/** Replaces credentials, tokens and the queries of URLs in a text by `…`. */
export const redactText = (text: string): string =>
  secrets.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), text);

/** For the console: everything that is known about an error, without secrets. */
export const redactError = (error: unknown): string => redactText(inspect(error));

/**
 * Redacts a line of JSON. This is the last step before a line is written, so it covers every field
 * at any depth, every message and every stack, whatever wrote them.
 */
export function redactLine(line: string): string {
  const { err, ...fields } = JSON.parse(line, redactField) as { err?: unknown };
  return `${JSON.stringify(err === undefined ? fields : { ...fields, err: knownFields(err) })}\n`;
}

function redactField(name: string, value: unknown): unknown {
  if (secretName.test(name)) return undefined;
  return typeof value === 'string' ? redactText(value) : value;
}

const errorFields = [
  ['type', 'message', 'stack', 'code', 'status', 'errno', 'syscall', 'address', 'port'],
  // Of PostgreSQL, whose `detail` and `where` contain rows.
  ['severity', 'schema', 'table', 'column', 'constraint', 'routine'],
].flat();

/** Libraries attach what they worked on: a URL with a password, a row, a request. */
function knownFields(error: unknown): unknown {
  if (typeof error !== 'object' || error === null) return error;
  const fields = Object.entries(error).filter(([name]) => errorFields.includes(name));
  const { aggregateErrors: errors } = error as { aggregateErrors?: unknown };
  return {
    ...Object.fromEntries(fields),
    ...(Array.isArray(errors) && { aggregateErrors: errors.map(knownFields) }),
  };
}
