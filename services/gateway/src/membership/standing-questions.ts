import { ask, type Bus } from '@parley/bus';
import { calls, type Membership, type RoomState } from '@parley/contracts';

/** The limit of the call's contract. */
const maxRooms = 500;

/** A user's relation to a room. */
export interface Standing {
  /** Null if the room does not exist. */
  room: RoomState | null;
  /** Null if the user is not a member. */
  membership: Membership | null;
}

type Answers = (roomId: string) => Standing;

interface Question {
  roomIds: string[];
  answers: Promise<Answers>;
}

/** Asks the directory. Combines the questions about one user that are asked at the same time. */
export class StandingQuestions {
  readonly #bus: Bus;
  /** The next question about each user. */
  readonly #next = new Map<string, Question>();

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  /** @throws AppError `timeout`, `unavailable` */
  async ask(roomId: string, userId: string): Promise<Standing> {
    const question = this.#next.get(userId) ?? this.#begin(userId);
    question.roomIds.push(roomId);
    if (question.roomIds.length === maxRooms) this.#next.delete(userId);
    return (await question.answers)(roomId);
  }

  #begin(userId: string): Question {
    const roomIds: string[] = [];
    const asked = async () => {
      await Promise.resolve();
      if (this.#next.get(userId)?.roomIds === roomIds) this.#next.delete(userId);
      return askFor(this.#bus, userId, roomIds);
    };
    const question = { roomIds, answers: asked() };
    this.#next.set(userId, question);
    return question;
  }
}

async function askFor(bus: Bus, userId: string, roomIds: string[]): Promise<Answers> {
  const [only, ...others] = roomIds;
  if (only !== undefined && others.length === 0) {
    const { room, members } = await ask(bus, calls.getMemberships, { roomId: only, userIds: [userId] });
    return () => ({ room, membership: members.find((member) => member.userId === userId) ?? null });
  }
  const { rooms, members } = await ask(bus, calls.getStandings, { userId, roomIds });
  const roomOf = new Map(rooms.map((room) => [room.id, room]));
  const mine = members.filter((member) => member.userId === userId);
  const membershipOf = new Map(mine.map((membership) => [membership.roomId, membership]));
  return (roomId) => ({
    room: roomOf.get(roomId) ?? null,
    membership: membershipOf.get(roomId) ?? null,
  });
}
