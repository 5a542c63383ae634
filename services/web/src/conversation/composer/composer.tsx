import { SendHorizontal, Smile } from 'lucide-react';
import {
  type KeyboardEvent,
  lazy,
  memo,
  type Ref,
  Suspense,
  useCallback,
  useId,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { useTexts } from '../../texts/texts.tsx';
import { IconButton } from '../../ui/button.tsx';
import { EmojiPicker } from '../message/emoji-picker.tsx';
import { counterFrom, isBlank, maxContentLength } from './limits.ts';
import { type MentionQuery, mentionAt } from './mention-at.ts';
import type { MentionListHandle } from './mention-list.tsx';
import { ModeLine } from './mode-line.tsx';
import type { ComposerState } from './use-composer.ts';
import './composer.css';

export interface ComposerHandle {
  focus(): void;
}

interface ComposerProps {
  ref: Ref<ComposerHandle>;
  state: ComposerState;
  label: string;
  /** Sends the text, or saves the change. */
  onSubmit(text: string): void;
  /** Called on each change by the user; `isEmpty`: they have removed everything. */
  onInput(isEmpty: boolean): void;
  /** Called by the arrow up in an empty field. */
  onEditLast(): void;
}

const MentionList = lazy(() =>
  import('./mention-list.tsx').then(({ MentionList }) => ({ default: MentionList })),
);

const growsByItself = CSS.supports('field-sizing', 'content');

/**
 * The field for messages. Enter sends, Shift+Enter begins another line. Arriving messages do not
 * render it again.
 */
export const Composer = memo(function Composer({
  ref,
  state,
  label,
  onSubmit,
  onInput,
  onEditLast,
}: ComposerProps) {
  const { conversation } = useTexts();
  const texts = conversation.composer;
  const field = useRef<HTMLTextAreaElement>(null);
  const counterId = useId();
  const listId = useId();
  const list = useRef<MentionListHandle>(null);
  const [mention, setMention] = useState<MentionQuery>();
  const [optionId, setOptionId] = useState<string>();
  const { text, setText, editing } = state;
  const left = maxContentLength - text.length;
  const canSubmit = left >= 0 && !isBlank(text);
  useImperativeHandle(ref, () => ({ focus: () => field.current?.focus() }), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height depends on the text
  useLayoutEffect(() => {
    if (growsByItself || !field.current) return;
    field.current.style.height = 'auto';
    field.current.style.height = `${field.current.scrollHeight}px`;
  }, [text]);

  const closeList = useCallback(() => setMention(undefined), []);
  const submit = () => {
    if (canSubmit) onSubmit(text);
    closeList();
    field.current?.focus();
  };
  const change = (next: string) => {
    setText(next);
    if (!editing) onInput(next === '');
  };
  const insert = (emoji: string) => {
    const { selectionStart = text.length, selectionEnd = text.length } = field.current ?? {};
    field.current?.setRangeText(emoji, selectionStart, selectionEnd, 'end');
    change(text.slice(0, selectionStart) + emoji + text.slice(selectionEnd));
  };
  const pick = (username: string) => {
    if (!field.current || !mention) return;
    field.current.setRangeText(`@${username} `, mention.start, mention.end, 'end');
    closeList();
    change(field.current.value);
    field.current.focus();
  };
  const cancel = () => {
    state.cancel();
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // Enter confirms a word of an input method.
    if (event.nativeEvent.isComposing || (mention && list.current?.onKeyDown(event))) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      submit();
    } else if (event.key === 'Escape' && state.cancel()) event.stopPropagation();
    else if (event.key === 'ArrowUp' && text === '') {
      event.preventDefault();
      onEditLast();
    }
  };

  return (
    <div className="composer">
      <ModeLine state={state} onCancel={cancel} />
      <div className="composer-box">
        {mention && (
          <Suspense fallback={null}>
            <MentionList
              ref={list}
              id={listId}
              text={mention.text}
              onPick={pick}
              onChoice={setOptionId}
              onClose={closeList}
            />
          </Suspense>
        )}
        <textarea
          ref={field}
          dir={text === '' ? undefined : 'auto'}
          rows={1}
          aria-label={label}
          placeholder={label}
          aria-describedby={left < counterFrom ? counterId : undefined}
          aria-invalid={left < 0 || undefined}
          aria-autocomplete="list"
          aria-controls={optionId && listId}
          aria-activedescendant={optionId}
          value={text}
          onChange={({ target }) => {
            change(target.value);
            setMention(mentionAt(target));
          }}
          onBlur={closeList}
          onKeyDown={onKeyDown}
        />
        {left < counterFrom && (
          <span
            id={counterId}
            role={left < 0 ? 'status' : undefined}
            className={left < 0 ? 'counter over' : 'counter'}
          >
            {left < 0 ? texts.tooLong(-left) : texts.left(left)}
          </span>
        )}
        <EmojiPicker
          trigger={<IconButton label={conversation.insertEmoji} icon={<Smile size={20} />} />}
          onPick={insert}
          onFocusReturn={() => field.current?.focus()}
        />
        <button
          type="button"
          className="send"
          aria-label={editing ? texts.save : texts.send}
          title={editing ? texts.save : texts.send}
          aria-disabled={!canSubmit}
          onClick={submit}
        >
          <SendHorizontal className="mirrored" size={18} aria-hidden="true" />
        </button>
      </div>
    </div>
  );
});
