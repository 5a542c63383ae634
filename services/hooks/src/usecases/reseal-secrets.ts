import { replaceSealed, secretsAfter } from '../stores/hooks.ts';
import type { Context } from './context.ts';

const atOnce = 500;
/** Earlier releases have stored secrets as they are. */
const readable = /^whsec_/;

/** Seals all secrets with the current HOOKS_SECRET, as far as they can be opened. */
export async function resealSecrets({ db, secretBox, logger }: Context): Promise<void> {
  let unopened = 0;
  for (let after: string | null = ''; after !== null; ) {
    const some = await secretsAfter(db, after, atOnce);
    for (const { id, sealed } of some) {
      if (secretBox.isCurrent(id, sealed)) continue;
      const secret = readable.test(sealed) ? sealed : secretBox.open(id, sealed);
      if (secret === undefined) unopened += 1;
      else await replaceSealed(db, id, { from: sealed, to: secretBox.seal(id, secret) });
    }
    after = some.length < atOnce ? null : (some.at(-1)?.id ?? null);
  }
  if (unopened > 0)
    logger.error({ count: unopened }, 'secrets of webhooks were sealed with another HOOKS_SECRET');
}
