import { pause } from '@parley/runtime/async';
import type { Socket } from 'socket.io-client';
import { ChatUser, emit, type Json } from '../whole-stack/chat-user.ts';
import type { Target } from '../whole-stack/target.ts';

const minTurns = 12;
const betweenTurnsMs = 25;

/**
 * A client that does nothing unusual while others attack: in every turn it sends a message, waits
 * for it on another gateway, and requests /healthz.
 */
export class Bystander {
  readonly user: ChatUser;
  readonly roomId: string;
  readonly #target: Target;
  readonly #sender: Socket;
  readonly #awaited = new Map<string, () => void>();
  #turns = 0;

  private constructor(target: Target, user: ChatUser, roomId: string, sender: Socket, receiver: Socket) {
    this.#target = target;
    this.user = user;
    this.roomId = roomId;
    this.#sender = sender;
    receiver.on('receive_message', ({ content }: Json) => this.#awaited.get(content)?.());
  }

  static async join(target: Target): Promise<Bystander> {
    const user = await ChatUser.register(target.url, 'bystander');
    const { id: roomId } = await user.must('POST', '/api/v1/rooms', { name: 'quiet' });
    const [sender, receiver] = [
      await user.connect(target.gateways[0]),
      await user.connect(target.gateways[1]),
    ];
    await emit(receiver, 'join_room', { roomId });
    return new Bystander(target, user, roomId, sender, receiver);
  }

  /** Takes turns while `work` runs. Answers the longest turn in milliseconds. */
  async longestWait(work: () => Promise<unknown>): Promise<number> {
    let isOver = false;
    const working = work().finally(() => {
      isOver = true;
    });
    const waits: number[] = [];
    while (!isOver || waits.length < minTurns) {
      const startedAt = performance.now();
      await this.#turn();
      waits.push(performance.now() - startedAt);
      await pause(betweenTurnsMs);
    }
    await working;
    return Math.max(...waits);
  }

  async #turn(): Promise<void> {
    this.#turns += 1;
    const content = `turn ${this.#turns}`;
    const arrived = new Promise<void>((resolve) => this.#awaited.set(content, resolve));
    const health = Promise.all(
      this.#target.gateways.map(async (gateway) => {
        if (!(await fetch(`${gateway}/healthz`)).ok) throw new Error('not healthy');
      }),
    );
    await Promise.all([
      emit(this.#sender, 'send_message', { roomId: this.roomId, content }),
      arrived,
      health,
    ]);
    this.#awaited.delete(content);
  }
}
