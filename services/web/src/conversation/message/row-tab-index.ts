import { createContext, useContext } from 'react';

/** Tab leads to the controls of one row only: of the one that it leads to itself. */
const RowTabIndex = createContext<0 | -1>(0);
export const RowTabIndexProvider = RowTabIndex.Provider;

/** The `tabIndex` of the links and buttons within a row. */
export const useRowTabIndex = (): 0 | -1 => useContext(RowTabIndex);
