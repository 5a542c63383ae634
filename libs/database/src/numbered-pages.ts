import { createHash } from 'node:crypto';
import type { Queryable } from './connect.ts';
import type { Migration } from './migrate.ts';
import { prepared } from './prepared.ts';

/**
 * The last row of each page, for fifteen minutes. Unlogged: after a crash, pages are counted. The
 * hash names the list and its reader, so that no user need be erased here.
 */
export const pageEndsMigration: Migration = {
  name: '0000-page-ends',
  up: async (trx) => {
    await trx.raw(`
      create unlogged table page_ends (
        list bytea not null,
        -- rows of the list up to this page's end
        rows integer not null,
        last_key jsonb not null,
        read_at timestamptz not null,
        primary key (list, rows)
      )
    `);
    await trx.raw('create index page_ends_by_time on page_ends (read_at)');
  },
};

/** The session that reads. Absent in calls between services. */
export interface PageReader {
  userId: string;
  sessionId?: string | undefined;
}

/** A list as one user sees it. */
export interface NumberedList {
  reader: PageReader;
  /** Names the list with everything that selects its rows, except the page. */
  list: readonly unknown[];
  /** Rows before the page. */
  offset: number;
  /** Rows of a full page. */
  limit: number;
}

/** Where a page begins: after a row, or after that many rows. */
export type PageStart<Key> = { after: Key; offset: 0 } | { after?: undefined; offset: number };

const rememberedFor = "interval '15 minutes'";

/**
 * Reads a page of a list by its number. A client that reads page after page meets each row once,
 * whatever arrives meanwhile: a page begins after the row that ended the session's previous page,
 * if it read that recently. Otherwise its rows are counted from the start of the list.
 */
export async function readNumberedPage<Page, Key>(
  db: Queryable,
  { reader, list, offset, limit }: NumberedList,
  read: (start: PageStart<Key>) => Promise<Page>,
  /** The key of the row that ends a full page; undefined if the page is not full. */
  lastKey: (page: Page) => Key | undefined,
): Promise<Page> {
  const id = createHash('sha256')
    .update(JSON.stringify([reader.userId, reader.sessionId, ...list]))
    .digest();
  const after = offset > 0 ? await findEnd<Key>(db, id, offset) : undefined;
  const page = await read(after === undefined ? { offset } : { after, offset: 0 });
  const key = lastKey(page);
  if (key !== undefined) await rememberEnd(db, id, offset + limit, key);
  return page;
}

const selectEnd = prepared<{ last_key: unknown }>(
  'page-end',
  `select last_key from page_ends
    where list = $1 and rows = $2 and read_at > now() - ${rememberedFor}`,
);

async function findEnd<Key>(db: Queryable, list: Buffer, rows: number): Promise<Key | undefined> {
  const [row] = await selectEnd(db, list, rows);
  return row?.last_key as Key | undefined;
}

/** Each new end removes a few that are too old, so the table holds little else. */
const upsertEnd = prepared(
  'remember-page-end',
  `with old as (
     delete from page_ends where (list, rows) in (
       select list, rows from page_ends
        where read_at <= now() - ${rememberedFor} and (list, rows) <> ($1, $2)
        order by read_at limit 10 for update skip locked)
   )
   insert into page_ends (list, rows, last_key, read_at) values ($1, $2, $3, now())
   on conflict (list, rows) do update set last_key = excluded.last_key, read_at = excluded.read_at`,
);

async function rememberEnd(db: Queryable, list: Buffer, rows: number, key: unknown): Promise<void> {
  await upsertEnd(db, list, rows, JSON.stringify(key));
}
