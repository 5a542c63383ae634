import type { HookPayload } from '@parley/contracts';
import type { HookReceiver } from '../hook-receiver.ts';
import type { Person } from '../person.ts';
import { RoomLog } from '../room-log.ts';
import type { Player } from './player.ts';

/**
 * A receiver of a webhook, which ignores deliveries with an id that it has handled. The others must
 * continue where the last one of the room has ended: it has requested everything, and nobody blocks
 * anybody. A message is new by its number, as the documentation says, and each is new once.
 */
export class HookPlayer implements Player {
  readonly kind = 'webhook';
  readonly isLive = false;
  readonly person: Person;
  readonly rooms: readonly string[];
  readonly logs: ReadonlyMap<string, RoomLog>;
  readonly complaints: string[] = [];
  readonly #url: string;
  readonly #handled = new Set<string>();
  present = false;

  constructor(options: { person: Person; rooms: readonly string[]; receiver: HookReceiver }) {
    this.person = options.person;
    this.rooms = options.rooms;
    this.logs = new Map(options.rooms.map((roomId) => [roomId, new RoomLog(roomId)]));
    this.#url = options.receiver.urlFor((id, data) => this.receive(id, data));
  }

  start(): void {
    this.#create().then(
      () => (this.present = true),
      (error: unknown) => void this.complaints.push(`cannot create the webhook: ${String(error)}`),
    );
  }

  stop(): void {}

  async #create(): Promise<void> {
    const { hook } = await this.person.must('POST', '/api/v1/hooks', { url: this.#url, rooms: this.rooms });
    const { rooms } = await this.person.must('GET', `/api/v1/hooks/${hook.id}/lag`);
    for (const { roomId, seq } of rooms) this.logs.get(roomId)?.joined(seq);
  }

  receive(id: string, { roomId, after, seq, changes }: HookPayload['data']): void {
    const log = this.logs.get(roomId);
    if (!log || this.#handled.has(id)) return;
    this.#handled.add(id);
    if (log.from !== undefined && after !== log.cursor) {
      const slip = after < log.cursor ? 'duplicated' : 'out of order';
      log.slips.push({ slip, what: `a delivery of the numbers after ${after}, not ${log.cursor}` });
    }
    for (const change of changes) {
      if (log.from === undefined || change.kind !== 'message' || change.message.seq <= log.from) continue;
      const { id, seq: number } = change.message;
      if (log.messages.has(id) === number <= after) continue;
      const slip = number > after ? 'duplicated' : 'out of order';
      log.slips.push({ slip, what: `message ${number} after ${after}, new although known, or not` });
    }
    const rows = changes.map((change) => {
      if (change.kind !== 'message') return { seq: change.seq, changedSeq: change.seq, message: undefined };
      const { id, seq, changedSeq, content } = change.message;
      return { seq, changedSeq, message: { id, content } };
    });
    log.synced(rows, seq, true);
  }
}
