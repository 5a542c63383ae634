import type { ReactNode } from 'react';
import { lazyPart } from './lazy-part.tsx';
import { type MenuItemProps, useMenuParts } from './menu-parts.ts';
import { type Trigger, usePopup } from './use-popup.ts';

const MenuPopup = lazyPart(() => import('./menu-popup.tsx').then(({ MenuPopup }) => MenuPopup));

interface MenuProps {
  /** The button that opens it. */
  trigger: Trigger;
  children: ReactNode;
}

/** A menu of actions. */
export function Menu({ trigger, children }: MenuProps) {
  const { button, popup } = usePopup('menu', trigger);
  return (
    <>
      {button}
      {popup && <MenuPopup {...popup}>{children}</MenuPopup>}
    </>
  );
}

export function MenuItem(props: MenuItemProps) {
  const { Item } = useMenuParts();
  return <Item {...props} />;
}

export function MenuLine() {
  const { Line } = useMenuParts();
  return <Line />;
}
