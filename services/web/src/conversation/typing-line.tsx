import type { UseTyping } from '@parley/react';
import { useTexts } from '../texts/texts.tsx';
import { useList } from '../texts/use-list.ts';
import { useShownNames } from '../texts/user-name.ts';

/** The users who are typing. It keeps its height, so that nothing moves. */
export function TypingLine({ users }: Pick<UseTyping, 'users'>) {
  const { conversation } = useTexts();
  const list = useList();
  const names = users.map(useShownNames());
  return <p className="typing">{names.length > 0 && conversation.typing(list(names), names.length)}</p>;
}
