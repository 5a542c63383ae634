import type { ServerRow } from './dialect-table.ts';

/** The same in every dialect. */
export const errorRow: ServerRow<'error'> = {
  event: 'error',
  fields: {
    code: 'code',
    type: 'type',
    message: 'message',
    retryable: 'retryable',
    retryAfterMs: 'retryAfterMs',
    limit: 'limit',
    setting: 'setting',
    fields: 'fields',
    current: 'current',
  },
};
