import type { Caller, DeliveryPosition, Message, ReadPosition } from '@parley/contracts';
import { AppError } from '@parley/errors';
import type { SubmissionInput, Submitter } from '@parley/timeline';

/** REST writes take the way of all writes: to the room's one writer, wherever it runs. */
export class Submit {
  readonly #submitter: Submitter;

  constructor(submitter: Submitter) {
    this.#submitter = submitter;
  }

  async message(caller: Caller, input: Unsigned<'send' | 'edit' | 'delete' | 'react'>): Promise<Message> {
    const result = await this.#submitter.submit({ ...input, by: author(caller) });
    if (!('message' in result)) throw new AppError('server_error');
    return result.message;
  }

  async read(caller: Caller, input: Unsigned<'read'>): Promise<ReadPosition> {
    const result = await this.#submitter.submit({ ...input, by: author(caller) });
    if (result.op !== 'read') throw new AppError('server_error');
    return result.position;
  }

  async deliver(caller: Caller, input: Unsigned<'deliver'>): Promise<DeliveryPosition> {
    const result = await this.#submitter.submit({ ...input, by: author(caller) });
    if (result.op !== 'deliver') throw new AppError('server_error');
    return result.position;
  }
}

type WithoutAuthor<S> = S extends unknown ? Omit<S, 'by'> : never;
type Unsigned<Op extends SubmissionInput['op']> = WithoutAuthor<Extract<SubmissionInput, { op: Op }>>;

const author = ({ userId, username }: Caller) => ({ userId, username });
