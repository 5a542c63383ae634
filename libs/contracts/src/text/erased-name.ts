/** The name of erased people in rooms that still need one. No user may choose it. */
export const erasedName = 'deleted user';
