const focusable =
  'a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), ' +
  'textarea:not(:disabled), [tabindex]';

const canHaveFocus = (element: Element): element is HTMLElement =>
  element.matches(focusable) && element.getClientRects().length > 0;

/** The control of a neighbour that is like the lost one, otherwise its first one. */
function controlIn(neighbour: Element, lost: Element): HTMLElement | undefined {
  const controls = [neighbour, ...neighbour.querySelectorAll(focusable)].filter(canHaveFocus);
  return (
    controls.find(({ tagName, className }) => tagName === lost.tagName && className === lost.className) ??
    controls[0]
  );
}

/**
 * Where the focus goes from an element that was removed: to what contained it, if that can have the
 * focus; otherwise to the neighbour that follows it, or the one before it; otherwise further out.
 */
function heirOf(lost: Element, records: readonly MutationRecord[]): HTMLElement | undefined {
  const removal = records.findLast(
    ({ target, removedNodes }) => target.isConnected && [...removedNodes].some((node) => node.contains(lost)),
  );
  let parent = removal?.target instanceof Element ? removal.target : null;
  let next = removal?.nextSibling ?? null;
  let previous = removal?.previousSibling ?? null;
  while (parent && parent !== document.body) {
    if (canHaveFocus(parent)) return parent;
    for (let each = next; each; each = each.nextSibling) {
      const control = each instanceof Element ? controlIn(each, lost) : undefined;
      if (control) return control;
    }
    for (let each = previous; each; each = each.previousSibling) {
      const control = each instanceof Element ? controlIn(each, lost) : undefined;
      if (control) return control;
    }
    next = parent.nextSibling;
    previous = parent.previousSibling;
    parent = parent.parentElement;
  }
  return document.querySelector<HTMLElement>('main') ?? undefined;
}

/**
 * Keeps the focus of keyboards and screen readers in its place when the focused control disappears:
 * a row that is deleted, a button that has done its work, a menu whose button is gone. Dialogs and
 * menus are outside `root`; when they close, the focus returns to where it was in the root.
 */
export function keepFocus(root: HTMLElement): void {
  /** The last focused element of the root, or its heir. */
  let place: HTMLElement | null = null;
  // Radix returns the focus of a closed menu or dialog in a task. If it came back earlier, and the
  // user opened the menu again before that task, Radix would take the focus from it and close it.
  const focusPlace = () => {
    if (document.activeElement === document.body) place?.focus({ preventScroll: true });
  };
  const onFocus = ({ target }: FocusEvent) => {
    if (target instanceof HTMLElement && root.contains(target)) place = target;
  };
  const onBlur = ({ target }: FocusEvent) => {
    // Some browsers report a removal as a blur, so this waits until it is over.
    queueMicrotask(() => {
      const isLeft = target === place && place?.isConnected && document.activeElement === document.body;
      if (isLeft) place = null;
    });
  };
  const observer = new MutationObserver((records) => {
    if (!place) return;
    if (!place.isConnected) place = heirOf(place, records) ?? null;
    if (place && document.activeElement === document.body) setTimeout(focusPlace);
  });
  document.addEventListener('focusin', onFocus);
  document.addEventListener('focusout', onBlur);
  observer.observe(document.body, { childList: true, subtree: true });
}
