import { seal, unseal } from '@parley/runtime';

/** The secrets of webhooks as the database has them. */
export class SecretBox {
  readonly #secrets: readonly [string, ...string[]];

  /** @param secrets the first one seals, and each of them opens */
  constructor(secrets: readonly [string, ...string[]]) {
    this.#secrets = secrets;
  }

  seal(hookId: string, secret: string): string {
    return seal(this.#secrets[0], hookId, Buffer.from(secret)).toString('base64');
  }

  /** Undefined if it was sealed with another secret, or for another webhook. */
  open(hookId: string, sealed: string): string | undefined {
    const box = Buffer.from(sealed, 'base64');
    for (const secret of this.#secrets) {
      const opened = openWith(secret, hookId, box);
      if (opened !== undefined) return opened;
    }
    return undefined;
  }

  /** Whether it needs no other secret than the one that seals. */
  isCurrent(hookId: string, sealed: string): boolean {
    return openWith(this.#secrets[0], hookId, Buffer.from(sealed, 'base64')) !== undefined;
  }
}

function openWith(secret: string, hookId: string, box: Buffer): string | undefined {
  try {
    return unseal(secret, hookId, box).toString();
  } catch {
    return undefined;
  }
}
