import type { Caller, Message, ReadPosition } from '@parley/contracts';
import { AppError } from '@parley/errors';
import type { SubmissionInput, Submitter } from '@parley/timeline';
import type { Memberships } from '../membership/memberships.ts';

type WithoutAuthor<S> = S extends unknown ? Omit<S, 'by'> : never;
type Unsigned<Op extends SubmissionInput['op']> = WithoutAuthor<Extract<SubmissionInput, { op: Op }>>;

/** What members may ask of a room's timeline. Who is none is refused here; everything else is for the room's writer to decide. */
export class Writes {
  readonly #memberships: Memberships;
  readonly #submitter: Submitter;

  constructor(deps: { memberships: Memberships; submitter: Submitter }) {
    this.#memberships = deps.memberships;
    this.#submitter = deps.submitter;
  }

  /** @throws AppError */
  async message(caller: Caller, input: Unsigned<'send' | 'edit' | 'delete' | 'react'>): Promise<Message> {
    const result = await this.#submit(caller, input);
    if (!('message' in result)) throw new AppError('server_error');
    return result.message;
  }

  /** @throws AppError */
  async read(caller: Caller, input: Unsigned<'read'>): Promise<ReadPosition> {
    const result = await this.#submit(caller, input);
    if (result.op !== 'read') throw new AppError('server_error');
    return result.position;
  }

  async #submit(caller: Caller, input: Unsigned<'send' | 'edit' | 'delete' | 'react' | 'read'>) {
    await this.#memberships.require(input.roomId, caller);
    return this.#submitter.submit({ ...input, by: { userId: caller.userId, username: caller.username } });
  }
}
