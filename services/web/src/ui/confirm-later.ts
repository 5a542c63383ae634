import { lazyPart } from './lazy-part.tsx';

/** `Confirm`, for components of the first view. */
export const Confirm = lazyPart(() => import('./confirm.tsx').then(({ Confirm }) => Confirm));
