import { list } from '@parley/runtime';
import { z } from 'zod';
import { isNetwork } from './address-rules.ts';

const port = z
  .string()
  .refine(
    (text) => /^\d{1,5}$/.test(text) && Number(text) > 0 && Number(text) <= 65_535,
    'write ports such as 8443',
  )
  .transform(Number);

/** Settings of services that contact addresses of users. */
export const egressSettings = {
  /** Addresses and networks that may be contacted although they are not public. */
  EGRESS_ALLOW: list('').pipe(
    z.array(z.string().refine(isNetwork, 'write addresses or networks such as 10.0.0.0/8,fd00::/8')),
  ),
  /** Ports that may be contacted, in addition to 80 and 443. */
  EGRESS_PORTS: list('').pipe(z.array(port)),
};
