import type { Browser } from '@parley/testkit';
import type { Json } from '../whole-stack/chat-user.ts';

type Page = Awaited<ReturnType<Browser['newPage']>>;

/**
 * The longest tasks of a page's main thread while `work` runs, in milliseconds, longest first. Each
 * frame waits for at most one of them. It counts the time of the processor, so a busy machine does
 * not make them longer.
 */
export async function longestTasks(
  browser: Browser,
  page: Page,
  work: () => Promise<void>,
): Promise<number[]> {
  await browser.startTracing(page, { categories: ['toplevel', 'disabled-by-default-devtools.timeline'] });
  const stop = () => browser.stopTracing();
  await work().catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  const trace = await stop();
  const { traceEvents: events } = JSON.parse(trace.toString()) as { traceEvents: Json[] };
  const isMain = ({ name, args }: Json) => name === 'thread_name' && args.name === 'CrRendererMain';
  // The page with the most tasks is the one that scrolls.
  const threads = new Map<string, number[]>(
    events.filter(isMain).map(({ pid, tid }) => [`${pid} ${tid}`, []]),
  );
  for (const { name, pid, tid, tdur } of events)
    if (name === 'RunTask' && tdur !== undefined) threads.get(`${pid} ${tid}`)?.push(tdur / 1_000);
  const [busiest = []] = [...threads.values()].sort((a, b) => sum(b) - sum(a));
  return busiest.sort((a, b) => b - a);
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);
