import { z } from 'zod';

/** The published contract that a client was written against. A session has the contract of the route by which it began. */
export const clientContract = z.enum(['rooms', 'conversations', 'groups', 'organizations', 'direct']);
export type ClientContract = z.output<typeof clientContract>;
