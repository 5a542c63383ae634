import type { Session } from '@parley/client';
import type { TimelineItem } from '@parley/react';

export const say = (live: Session, roomId: string, contents: readonly string[]) =>
  Promise.all(contents.map((content) => live.send(roomId, content)));
export const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => String(from + index));
export const contents = (items: readonly TimelineItem[]) =>
  items.map((item) => ('message' in item ? item.message.content : `${item.username} ${item.kind}`));
