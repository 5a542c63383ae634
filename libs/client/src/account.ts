import type { Account as AccountView, DraftOutcome, FollowedSession } from './account-view.ts';
import type { Api } from './api.ts';
import type { AccountChange, Bookmark, Draft, NotificationSettings, RoomSettings } from './contract.ts';
import type { ParleyError } from './parley-error.ts';

/** Settings and other items that their user has not set. */
const noRoomSettings: RoomSettings = {
  level: 'default',
  mutedUntil: null,
  roomMentions: true,
  hidden: false,
  order: null,
};
const noNotificationSettings: NotificationSettings = { level: 'all', quietHours: null, preview: true };

const subjectOf = (change: AccountChange): string =>
  change.kind +
  ('messageId' in change ? change.messageId : 'roomId' in change ? change.roomId : '') +
  ('threadRoot' in change ? change.threadRoot : '');

/** The change that a stored or present draft amounts to. */
const draftChange = (
  roomId: string,
  threadRoot: string | undefined,
  { seq, draft = null }: { seq: number; draft?: Draft | null | undefined },
): AccountChange =>
  threadRoot === undefined
    ? { kind: 'draft', seq, roomId, draft }
    : { kind: 'thread_draft', seq, roomId, threadRoot, draft };

/** A copy of the user's account that follows its numbered changes. */
export class Account implements AccountView {
  readonly #api: Api;
  readonly #live: FollowedSession;
  readonly #items = new Map<string, AccountChange>();
  readonly #listeners = new Set<() => void>();
  readonly #ends: (() => void)[];
  #seq = 0;
  #more = false;
  #running: Promise<void> | undefined;
  #again = false;
  #bookmarks: ReadonlyMap<string, Bookmark> | undefined;

  constructor(api: Api, live: FollowedSession) {
    this.#api = api;
    this.#live = live;
    this.#ends = [
      live.on('accountChanged', (change) => this.#received(change)),
      // The new connection follows the account only from its `resume` on.
      live.on('online', () => void this.load().catch(() => undefined)),
    ];
  }

  get seq(): number {
    return this.#seq;
  }

  get notificationSettings(): NotificationSettings {
    const found = this.#items.get('notification_settings');
    return found?.kind === 'notification_settings' ? found.settings : noNotificationSettings;
  }

  roomSettings(roomId: string): RoomSettings {
    const found = this.#items.get(`room_settings${roomId}`);
    return (found?.kind === 'room_settings' && found.settings) || noRoomSettings;
  }

  draft(roomId: string, threadRoot?: string): Draft | null {
    const found = this.#draft(roomId, threadRoot);
    return found && 'draft' in found ? found.draft : null;
  }

  get bookmarks(): ReadonlyMap<string, Bookmark> {
    this.#bookmarks ??= new Map(
      [...this.#items.values()].flatMap((change) =>
        change.kind === 'bookmark' && change.bookmark ? [[change.messageId, change.bookmark] as const] : [],
      ),
    );
    return this.#bookmarks;
  }

  async setRoom(roomId: string, changes: Partial<RoomSettings>): Promise<void> {
    const { seq, ...settings } = await this.#api.putRoomSettings({ roomId, ...changes });
    this.#received({ kind: 'room_settings', seq, roomId, settings });
  }

  async setNotifications(changes: Partial<NotificationSettings>): Promise<void> {
    const { seq, ...settings } = await this.#api.putNotificationSettings(changes);
    this.#received({ kind: 'notification_settings', seq, settings });
  }

  async putDraft(
    roomId: string,
    content: string,
    replyTo: string | null = null,
    threadRoot?: string,
  ): Promise<DraftOutcome> {
    const ifSeq = this.#draft(roomId, threadRoot)?.seq ?? 0;
    try {
      const stored = await this.#api.putDraft({ roomId, content, replyTo, threadRoot, ifSeq });
      this.#received(draftChange(roomId, threadRoot, stored));
      return { stored: true };
    } catch (error) {
      // This part of the client is loaded apart, so it cannot ask for the class.
      const { code, current } = error as ParleyError;
      if (code !== 'state_changed' || !current) throw error;
      // Known from now on, so storing again overwrites it knowingly.
      this.#put(draftChange(roomId, threadRoot, current));
      this.#changed();
      return { stored: false, newer: current.draft ?? null };
    }
  }

  async bookmark(roomId: string, messageId: string, on: boolean): Promise<void> {
    if (on) {
      const { seq, ...bookmark } = await this.#api.putBookmark({ roomId, messageId });
      this.#received({ kind: 'bookmark', seq, messageId, bookmark });
    } else {
      await this.#api.deleteBookmark({ roomId, messageId });
      await this.load();
    }
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Fetches what is missing, and follows the account on the present connection. */
  load(): Promise<void> {
    this.#again = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  stop(): void {
    for (const end of this.#ends) end();
    this.#listeners.clear();
  }

  async #run(): Promise<void> {
    while (this.#again || this.#more) {
      this.#again = false;
      const asked = this.#seq;
      const page = await this.#live.resumeAccount({ seq: asked, ...(this.#more && { more: true }) });
      // Live changes have passed the page meanwhile, and its own are older than theirs.
      if (page.reset) this.#items.clear();
      for (const change of page.changes) this.#put(change);
      this.#seq = page.reset ? page.seq : Math.max(this.#seq, page.seq);
      this.#more = page.hasMore;
      this.#changed();
    }
  }

  #draft(roomId: string, threadRoot: string | undefined): AccountChange | undefined {
    return this.#items.get(subjectOf(draftChange(roomId, threadRoot, { seq: 0 })));
  }

  /** A change that is not the next one shows that others are missing. */
  #received(change: AccountChange): void {
    if (change.seq <= this.#seq && change.seq <= (this.#items.get(subjectOf(change))?.seq ?? this.#seq))
      return;
    this.#put(change);
    if (change.seq === this.#seq + 1 && !this.#more) this.#seq = change.seq;
    else if (change.seq > this.#seq) void this.load().catch(() => undefined);
    this.#changed();
  }

  /** An older state never replaces a newer one. */
  #put(change: AccountChange): void {
    const subject = subjectOf(change);
    if ((this.#items.get(subject)?.seq ?? 0) < change.seq) this.#items.set(subject, change);
    this.#bookmarks = undefined;
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
