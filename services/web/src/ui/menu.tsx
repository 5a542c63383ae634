import { DropdownMenu as Primitive } from 'radix-ui';
import type { ReactNode } from 'react';
import { useTexts } from '../texts/texts.tsx';
import './menu.css';

interface MenuProps {
  /** The button that opens it, which must accept a ref. */
  trigger: ReactNode;
  children: ReactNode;
}

/** A menu of actions. */
export function Menu({ trigger, children }: MenuProps) {
  const { direction } = useTexts();
  return (
    <Primitive.Root dir={direction} modal={false}>
      <Primitive.Trigger asChild>{trigger}</Primitive.Trigger>
      <Primitive.Portal>
        <Primitive.Content className="menu" align="end" sideOffset={4} collisionPadding={8}>
          {children}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}

interface MenuItemProps {
  icon?: ReactNode;
  danger?: boolean;
  onSelect(): void;
  children: ReactNode;
}

export function MenuItem({ icon, danger = false, onSelect, children }: MenuItemProps) {
  return (
    <Primitive.Item className={danger ? 'menu-item danger' : 'menu-item'} onSelect={onSelect}>
      {icon}
      {children}
    </Primitive.Item>
  );
}

export const MenuLine = () => <Primitive.Separator className="menu-line" />;
