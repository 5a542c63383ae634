import type { Person } from '../person.ts';
import type { Player } from './player.ts';

/** A program that only posts over REST. */
export class RestPlayer implements Player {
  readonly kind = 'REST';
  readonly person: Person;
  readonly rooms: readonly string[];
  readonly logs = new Map();
  readonly complaints: string[] = [];
  readonly present = true;
  readonly isLive = false;

  constructor(options: { person: Person; rooms: readonly string[] }) {
    this.person = options.person;
    this.rooms = options.rooms;
  }

  start(): void {}

  stop(): void {}

  readonly send = (roomId: string, content: string, clientId: string): Promise<{ id: string; seq: number }> =>
    this.person.call('POST', `/api/v1/rooms/${roomId}/messages`, { content, clientId });
}
