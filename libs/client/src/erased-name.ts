import { erasedName as name } from '@parley/contracts/text/erased-name';

/** The username of authors who have been erased. Front ends show a text of their own instead. */
export const erasedName: string = name;
