import { z } from 'zod';

/** The published contract of a client. The route that starts a session determines its contract. */
export const clientContract = z.enum(['rooms', 'conversations', 'groups', 'organizations', 'direct']);
export type ClientContract = z.output<typeof clientContract>;
