import { type Core, LiveConnection, type Pipe } from '@parley/gateway/core';
import { newId } from '@parley/runtime';

export interface SimulatedPerson {
  userId: string;
  roomIds: readonly string[];
}

/** The end of all connections. It counts what they are sent. */
export class CountingPipe implements Pipe {
  readonly unsentBytes = 0;
  readonly confirmedAt = 0;
  packets = 0;

  write(): void {
    this.packets++;
  }

  discard(): void {}
  end(): void {}
  cut(): void {}
}

const lifeMs = 3_600_000;
const maxBytes = 1_048_576;

/** A connection of the gateway, without a socket. */
export class SimulatedConnection extends LiveConnection {
  constructor(core: Core, { userId }: SimulatedPerson, pipe: Pipe) {
    const { clock, metrics } = core.context;
    const session = { sessionId: newId(), organizationId: null, organizationRole: null };
    const caller = { userId, username: 'somebody', ...session, contract: 'rooms' as const };
    const outgoing = { maxBytes, pingEveryMs: lifeMs, clock, metrics };
    super(newId(), { caller, expiresAt: clock() + lifeMs }, { pipe, outgoing, transport: 'webSocket' });
  }
}
