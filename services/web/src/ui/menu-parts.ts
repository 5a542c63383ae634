import { type ComponentType, createContext, type ReactNode, useContext } from 'react';

export interface MenuItemProps {
  icon?: ReactNode;
  danger?: boolean;
  onSelect(): void;
  children: ReactNode;
}

interface MenuParts {
  Item: ComponentType<MenuItemProps>;
  Line: ComponentType;
}

/** An open menu provides the parts of its contents, whose code comes with it. */
export const MenuPartsContext = createContext<MenuParts | null>(null);

export function useMenuParts(): MenuParts {
  const parts = useContext(MenuPartsContext);
  if (!parts) throw new Error('useMenuParts needs a Menu');
  return parts;
}
