import type { Notification } from '@parley/client';
import { plainText } from '../conversation/markdown/plain-text.ts';
import { useTexts } from '../texts/texts.tsx';
import { useShownNames } from '../texts/user-name.ts';

/** The inbox shows this much of a message. */
const maxLength = 500;

/**
 * Returns a function from a notification to its title and text in the reader's language. The
 * server's own texts are in English.
 */
export function useNotificationText(): (item: Notification) => { title: string; text: string } {
  const { inbox, conversation } = useTexts();
  const shownName = useShownNames();
  return ({ type, title, content, metadata }) => {
    const { senderId, senderName, roomName, messagePreview } = metadata;
    if (senderId === undefined || senderName === undefined) return { title, text: content };
    const name = shownName({ userId: senderId, username: senderName });
    switch (type) {
      case 'message': {
        const text = messagePreview ? plainText(messagePreview, maxLength) : conversation.encrypted;
        return roomName ? { title: roomName, text: `${name}: ${text}` } : { title: name, text };
      }
      case 'friend_request':
        return { title: inbox.friendRequest, text: inbox.friendRequestText(name) };
      case 'group_invite':
        return { title, text: inbox.added(name, title) };
      default:
        return { title, text: content };
    }
  };
}
