import * as messagesApi from './messages.ts';
import type { Operation } from './operation.ts';

export { messagesApi };

const isOperation = (value: unknown): value is Operation =>
  typeof value === 'object' && value !== null && 'method' in value && 'path' in value;

const apis: object[] = [messagesApi];

/** Every REST operation of every service. */
export const allOperations: readonly Operation[] = apis.flatMap((api) => Object.values(api).filter(isOperation));
