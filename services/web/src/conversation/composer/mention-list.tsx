import { useRoom } from '@parley/react';
import { Users } from 'lucide-react';
import { type KeyboardEvent, type Ref, useEffect, useImperativeHandle, useState } from 'react';
import { useTexts } from '../../texts/texts.tsx';
import { shownName } from '../../texts/user-name.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { useRoomContext } from '../room-context.ts';
import { type MentionChoice, mentionChoices } from './mention-choices.ts';
import './mention-list.css';

export interface MentionListHandle {
  /** Returns whether the list has used the key. */
  onKeyDown(event: KeyboardEvent): boolean;
}

interface MentionListProps {
  ref: Ref<MentionListHandle>;
  id: string;
  /** The beginning of a name. */
  text: string;
  onPick(username: string): void;
  /** Called with the id of the chosen option, for the field; undefined: there is none. */
  onChoice(optionId: string | undefined): void;
  onClose(): void;
}

/** The members whom a mention that is being written may mean. */
export function MentionList({ ref, id, text, onPick, onChoice, onClose }: MentionListProps) {
  const { conversation, common } = useTexts();
  const { roomId, ownId } = useRoomContext();
  const choices = mentionChoices(useRoom(roomId), ownId, text);
  const [index, setIndex] = useState(0);
  const chosen = Math.min(index, choices.length - 1);
  const optionId = (at: number) => `${id}-${at}`;
  const chosenId = chosen < 0 ? undefined : optionId(chosen);
  useEffect(() => onChoice(chosenId), [onChoice, chosenId]);
  useEffect(() => () => onChoice(undefined), [onChoice]);
  useImperativeHandle(ref, () => ({
    onKeyDown(event) {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      const choice = choices[chosen];
      if (!choice) return false;
      if (step) setIndex((chosen + step + choices.length) % choices.length);
      else if (event.key === 'Escape') onClose();
      else if ((event.key === 'Enter' && !event.shiftKey) || event.key === 'Tab') onPick(choice.username);
      else return false;
      event.preventDefault();
      event.stopPropagation();
      return true;
    },
  }));
  if (choices.length === 0) return null;
  const nameOf = ({ member }: MentionChoice) =>
    member ? shownName(member, common.deletedUser) : conversation.composer.allMembers;
  return (
    <div id={id} role="listbox" className="mention-list" aria-label={conversation.composer.mentionWhom}>
      {choices.map((choice, at) => (
        <button
          type="button"
          key={choice.member?.userId ?? choice.username}
          id={optionId(at)}
          role="option"
          tabIndex={-1}
          aria-selected={at === chosen}
          // The field keeps the focus.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onPick(choice.username)}
        >
          {choice.member ? (
            <Avatar id={choice.member.userId} name={nameOf(choice)} size="tiny" />
          ) : (
            <Users size={18} aria-hidden="true" />
          )}
          <bdi>{nameOf(choice)}</bdi>
          <bdi className="mention-username">@{choice.username}</bdi>
        </button>
      ))}
    </div>
  );
}
