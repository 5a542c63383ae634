import type { Caller, DeliveryPosition, Message, ReadPosition } from '@parley/contracts';
import { AppError } from '@parley/errors';
import type { SubmissionInput, Submitter } from './submitter.ts';

type WithoutAuthor<S> = S extends unknown ? Omit<S, 'by'> : never;
type Unsigned<Op extends SubmissionInput['op']> = WithoutAuthor<Extract<SubmissionInput, { op: Op }>>;

export interface WritesOptions {
  /**
   * Refuses unauthorized callers before a submission; the room's writer decides the rest. @default
   * no check
   */
  admit?: (roomId: string, caller: Caller) => Promise<unknown>;
}

/**
 * Writes to a room's timeline on behalf of a caller, for sockets and REST. Returns the stored
 * result.
 */
export class Writes {
  readonly #submitter: Submitter;
  readonly #admit: NonNullable<WritesOptions['admit']>;

  constructor(submitter: Submitter, { admit = async () => undefined }: WritesOptions = {}) {
    this.#submitter = submitter;
    this.#admit = admit;
  }

  /** @throws AppError the errors of `Submitter.submit` and of `admit` */
  async message(caller: Caller, input: Unsigned<'send' | 'edit' | 'delete' | 'react'>): Promise<Message> {
    const result = await this.#submit(caller, input);
    if (!('message' in result)) throw new AppError('server_error');
    return result.message;
  }

  async read(caller: Caller, input: Unsigned<'read'>): Promise<ReadPosition> {
    const result = await this.#submit(caller, input);
    if (result.op !== 'read') throw new AppError('server_error');
    return result.position;
  }

  async deliver(caller: Caller, input: Unsigned<'deliver'>): Promise<DeliveryPosition> {
    const result = await this.#submit(caller, input);
    if (result.op !== 'deliver') throw new AppError('server_error');
    return result.position;
  }

  async #submit(caller: Caller, input: Unsigned<'send' | 'edit' | 'delete' | 'react' | 'read' | 'deliver'>) {
    await this.#admit(input.roomId, caller);
    const by = { userId: caller.userId, username: caller.username };
    return this.#submitter.submit({
      ...input,
      by,
      ...(input.op === 'send' && { contract: caller.contract }),
    });
  }
}
