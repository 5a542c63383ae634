/** The state of a member of a room, as the contract describes it. */
interface ModelMember {
  position: number;
  /** Their position in all threads, once they have one. */
  inThreads: number | null;
  /** Nothing up to here is unread. */
  start: number;
  threads: Map<number, { seq: number; threadsSeq: number; following: boolean | null }>;
}

interface ModelMessage {
  id: string;
  seq: number;
  sender: string;
  root: number | null;
  alsoInRoom: boolean;
  /** The one user whom it mentions. */
  mentioned: string | null;
  deleted: boolean;
}

/** One room with threads, in memory: says what everybody must see. */
export class ThreadModel {
  readonly messages: ModelMessage[] = [];
  readonly #members = new Map<string, ModelMember>();

  get last(): number {
    return this.messages.at(-1)?.seq ?? 0;
  }

  add(message: Omit<ModelMessage, 'deleted'>): void {
    this.messages.push({ ...message, deleted: false });
  }

  /** Messages from before a member joined again are not unread. */
  rejoin(user: string): void {
    this.#of(user).start = this.last;
  }

  expire(upTo: number): void {
    for (const message of this.messages) if (message.seq <= upTo) message.deleted = true;
  }

  read(user: string, upTo: number, threads?: 'apart' | 'only'): void {
    const member = this.#of(user);
    const before = this.#inThreads(member);
    const room = threads === 'only' ? member.position : Math.max(member.position, upTo);
    const floor = threads === 'apart' ? before : Math.max(before, upTo);
    const moves = room > member.position || floor > before;
    member.position = room;
    if (moves && (threads !== undefined || member.inThreads !== null)) member.inThreads = floor;
  }

  readThread(user: string, root: number, upTo: number, unread = false): void {
    const member = this.#of(user);
    const from = this.#readTo(member, root);
    if (unread ? upTo === from : upTo <= from) return;
    const { following = null } = member.threads.get(root) ?? {};
    member.threads.set(root, { seq: upTo, threadsSeq: this.#inThreads(member), following });
  }

  follow(user: string, root: number, following: boolean): void {
    const { threads } = this.#of(user);
    threads.set(root, { ...(threads.get(root) ?? { seq: 0, threadsSeq: 0 }), following });
  }

  lastReply(root: number): number {
    return this.messages.findLast((one) => one.root === root)?.seq ?? root;
  }

  /** The threads that have replies, those with the latest ones first. */
  threads(user: string) {
    const member = this.#of(user);
    const present = this.messages.filter(({ root, deleted }) => root !== null && !deleted);
    const roots = [...new Set(present.toReversed().map(({ root }) => root as number))];
    return roots.map((root) => {
      const replies = present.filter((one) => one.root === root);
      const following = this.#isFollowing(member, user, root);
      const readSeq = Math.max(member.start, this.#readTo(member, root));
      const unread = replies.filter(({ seq, sender }) => seq > readSeq && sender !== user).length;
      return { rootSeq: root, replies: replies.length, following, unread: following ? unread : 0 };
    });
  }

  unreadInRoom(user: string, { threadsApart }: { threadsApart: boolean }): number {
    const { position, start } = this.#of(user);
    return this.messages.filter(
      ({ seq, sender, root, alsoInRoom, deleted }) =>
        seq > Math.max(position, start) &&
        sender !== user &&
        !deleted &&
        !(threadsApart && root !== null && !alsoInRoom),
    ).length;
  }

  /** As `sync` returns them. */
  positions(user: string) {
    const { threads, inThreads } = this.#of(user);
    const all = { threadRootSeq: 0, seq: inThreads ?? 0, threadsSeq: 0, following: null };
    const own = [...threads].map(([threadRootSeq, stored]) => ({ threadRootSeq, ...stored }));
    return [...(inThreads === null ? [] : [all]), ...own].sort((a, b) => a.threadRootSeq - b.threadRootSeq);
  }

  #of(user: string): ModelMember {
    const member = this.#members.get(user) ?? { position: 0, inThreads: null, start: 0, threads: new Map() };
    this.#members.set(user, member);
    return member;
  }

  #inThreads({ inThreads, position }: ModelMember): number {
    return inThreads ?? position;
  }

  #readTo(member: ModelMember, root: number): number {
    const all = this.#inThreads(member);
    const own = member.threads.get(root);
    return own ? (all > own.threadsSeq ? Math.max(all, own.seq) : own.seq) : all;
  }

  #isFollowing(member: ModelMember, user: string, root: number): boolean {
    const isIn = this.messages.some(
      ({ seq, root: its, sender, mentioned, deleted }) =>
        (seq === root || its === root) && (sender === user || (mentioned === user && !deleted)),
    );
    return member.threads.get(root)?.following ?? isIn;
  }
}
