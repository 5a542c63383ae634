import { id, type Section } from './walkthrough-people.ts';

/** The sections about what a user keeps for all devices, which follow that about messages. */
export const account: Record<string, Section> = {
  account: {
    description: "The user's own settings, drafts and bookmarks, the same on all devices.",
    params: { roomId: id('createRoom.id'), messageId: id('sendMessage.id') },
    steps: {
      putRoomSettings: { body: { level: 'mentions', mutedUntil: null } },
      putNotificationSettings: {
        body: { level: 'all', quietHours: { tz: 'Europe/Berlin', from: '22:00', to: '07:00' } },
      },
      putDraft: { body: { content: 'Hello aga', ifSeq: 0 } },
      putBookmark: { body: { note: 'Answer this' } },
      listBookmarks: {},
      deleteBookmark: {},
    },
  },
};
