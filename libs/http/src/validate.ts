import { type FieldError, type FieldReason, fieldReasons, validationFailed } from '@parley/errors';
import type { z } from 'zod';

/**
 * Parses input from a client.
 * @param whole what the client calls the whole value, such as `body`
 * @throws AppError `validation_failed`, with paths that start at the value
 */
export function validate<T>(schema: z.ZodType<T>, value: unknown, whole: string): T {
  const parsed = schema.safeParse(value, { error: plainMessage, reportInput: true });
  if (parsed.success) return parsed.data;
  throw validationFailed(
    ...parsed.error.issues.slice(0, maxIssues).flatMap((issue) => fieldErrors(issue, whole)),
  );
}

const maxIssues = 20;

const fieldErrors = (issue: z.core.$ZodIssue, whole: string): FieldError[] =>
  issue.code === 'unrecognized_keys'
    ? issue.keys.map((key) => ({
        field: [...issue.path, key].join('.'),
        message: 'is unknown',
        reason: 'unknown',
      }))
    : [{ field: issue.path.join('.') || whole, message: issue.message, ...reasonOf(issue) }];

type Reason = { reason: FieldReason; limit?: number };

/** The reason as a code. A refinement names its own in `params`. */
function reasonOf(issue: z.core.$ZodIssue): Reason {
  switch (issue.code) {
    case 'invalid_type':
      return { reason: issue.input === undefined ? 'required' : 'invalid' };
    case 'too_small':
      return { reason: issue.origin in units ? 'too_short' : 'too_low', limit: Number(issue.minimum) };
    case 'too_big':
      return { reason: issue.origin in units ? 'too_long' : 'too_high', limit: Number(issue.maximum) };
    case 'invalid_format':
    case 'invalid_union':
      return { reason: 'format' };
    case 'invalid_value':
      return { reason: 'choice' };
    case 'custom':
      return { reason: fieldReasons.find((reason) => reason === issue.params?.reason) ?? 'invalid' };
    default:
      return { reason: 'invalid' };
  }
}

type Issue = Parameters<z.core.$ZodErrorMap>[0];

const types: Record<string, string> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
  date: 'a time',
};

const formats: Record<string, string> = {
  datetime: 'a time such as 2026-01-31T12:00:00Z',
  email: 'an e-mail address',
  url: 'a URL',
  uuid: 'a UUID',
};

/** The unit of a limit. Numbers have none. */
const units: Record<string, string> = { string: 'character', array: 'item' };

/**
 * Messages of validation in the API's words. Those that a schema gives itself take precedence.
 * @returns a message that follows the name of its field
 */
function plainMessage(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? 'is required'
        : `must be ${types[issue.expected] ?? 'of another type'}`;
    case 'too_small':
      return limit('at least', issue.minimum, issue.origin);
    case 'too_big':
      return limit('at most', issue.maximum, issue.origin);
    case 'invalid_format':
      return `must be ${formats[issue.format] ?? 'in another format'}`;
    case 'invalid_value':
      return `must be ${listed(issue.values)}`;
    default:
      return 'is invalid';
  }
}

const listed = (values: readonly unknown[]) =>
  values.length === 1 ? `${values[0]}` : `one of ${values.join(', ')}`;

function limit(atLeast: string, value: number | bigint, origin: string): string {
  const unit = units[origin];
  return unit ? `${atLeast} ${value} ${unit}${value === 1 ? '' : 's'}` : `must be ${atLeast} ${value}`;
}
