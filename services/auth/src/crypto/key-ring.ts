import { createPrivateKey, type KeyObject } from 'node:crypto';
import { AppError } from '@parley/errors';
import { type Clock, StartError, unseal } from '@parley/runtime';
import type { SigningKey } from '../stores/signing-keys.ts';

export interface Signer {
  kid: string;
  privateKey: KeyObject;
}

/**
 * A key is reloaded after this time before it signs again. This bounds the use of a replaced key
 * even if events were lost.
 */
const reloadAfterMs = 60_000;

/** The current signing key, cached. Reloaded once a minute and when a rotation is announced. */
export class KeyRing {
  readonly #find: () => Promise<SigningKey | undefined>;
  readonly #secret: string;
  readonly #clock: Clock;
  readonly #rotateAfterMs: number;
  readonly #rotate: (olderThanMs: number) => Promise<void>;
  #signer: Signer | undefined;
  #loadedAt = Number.NEGATIVE_INFINITY;
  #loading: Promise<Signer> | undefined;

  constructor(options: {
    /** Reads the current key. */
    find: () => Promise<SigningKey | undefined>;
    secret: string;
    clock: Clock;
    rotateAfterMs: number;
    /** See `usecases/rotate-keys.ts`. */
    rotate: (olderThanMs: number) => Promise<void>;
  }) {
    this.#find = options.find;
    this.#secret = options.secret;
    this.#clock = options.clock;
    this.#rotateAfterMs = options.rotateAfterMs;
    this.#rotate = options.rotate;
  }

  async signer(): Promise<Signer> {
    if (this.#signer && this.#clock() - this.#loadedAt < reloadAfterMs) return this.#signer;
    return this.reload();
  }

  reload(): Promise<Signer> {
    this.#loading ??= this.#load().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #load(): Promise<Signer> {
    const { kid, sealedPrivateKey } = await this.#current();
    if (kid !== this.#signer?.kid) this.#signer = { kid, privateKey: this.#open(kid, sealedPrivateKey) };
    this.#loadedAt = this.#clock();
    return this.#signer;
  }

  async #current(): Promise<SigningKey> {
    const current = await this.#find();
    if (current && this.#clock() - current.createdAt.getTime() < this.#rotateAfterMs) return current;
    await this.#rotate(this.#rotateAfterMs);
    const next = await this.#find();
    if (!next) throw new AppError('unavailable');
    return next;
  }

  #open(kid: string, sealed: Buffer): KeyObject {
    try {
      return createPrivateKey({ key: unseal(this.#secret, kid, sealed), format: 'der', type: 'pkcs8' });
    } catch {
      throw new StartError(
        'The signing key in the database was encrypted with a different SIGNING_SECRET. ' +
          'To change the secret, run rotate-keys with the new one first.',
      );
    }
  }
}
