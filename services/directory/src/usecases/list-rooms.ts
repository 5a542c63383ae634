import type { RoomView } from '@parley/contracts';
import type { PageStart } from '@parley/database';
import type { Viewer } from '../domain/viewer.ts';
import { readNumberedPage } from '../stores/numbered-pages.ts';
import {
  countRooms,
  findRoomViews,
  type Overlong,
  type RoomsOf,
  selectRoomIds,
} from '../stores/room-views.ts';
import type { Context } from './context.ts';
import { requireVisible } from './people.ts';

interface RoomPageRequest {
  limit: number;
  /** The id of the previous page's last room. */
  cursor?: string | undefined;
  /** From 1; an alternative to a cursor. Requires a count. */
  page?: number | undefined;
  /** Numbered pages always leave out pictures: a missing room would be on no page. */
  overlong?: Overlong;
}

interface RoomPage {
  rooms: RoomView[];
  nextCursor: string | null;
  /** Null unless the request was by page number. */
  total: number | null;
}

/**
 * Newest first.
 * @param of selects among the rooms that the viewer may see
 */
export async function listRooms(
  context: Context,
  viewer: Viewer,
  of: RoomsOf,
  { limit, cursor, page, overlong }: RoomPageRequest,
): Promise<RoomPage> {
  if (typeof of === 'object' && of.userId !== viewer.userId)
    await requireVisible(context, viewer, [of.userId]);
  const select = (start: PageStart<string>) =>
    selectRoomIds(context.db, {
      viewer,
      of,
      before: start.after ?? cursor,
      offset: start.offset,
      limit: limit + 1,
    });
  const ids =
    page === undefined
      ? await select({ offset: 0 })
      : await readNumberedPage(
          context.db,
          { reader: viewer, list: ['rooms', of], offset: (page - 1) * limit, limit },
          select,
          (found) => found[limit - 1],
        );
  const shown = ids.slice(0, limit);
  const whole = page === undefined ? overlong : 'leave out their pictures';
  const rooms = await findRoomViews(context.db, viewer.userId, shown, whole);
  const isPart = ids.length > limit || rooms.length < shown.length;
  return {
    rooms,
    nextCursor: isPart ? (rooms.at(-1)?.id ?? shown.at(-1) ?? null) : null,
    total: page === undefined ? null : await countRooms(context.db, { viewer, of }),
  };
}
