import { readFileSync } from 'node:fs';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { isLong } from './is-long.ts';

/** The slowest files of the run, which take a minute or two, slowest first. */
const slowest = [
  'deploy/tests/operations/installation',
  'deploy/tests/clients/stack',
  'deploy/tests/web/conversation-speed',
  'deploy/tests/promises/under-fault',
  'libs/servers/src/postgres/start-postgres',
  'deploy/tests/promises/dependencies-away',
  'deploy/tests/web/conversation.test',
  'deploy/tests/readme',
  'deploy/tests/web/screens',
  'deploy/tests/clients/embedded',
  'deploy/tests/bench',
  'deploy/tests/hostile/hostile',
];

/** Functions that lend a running system to a file, in the order in which the systems are used. */
const loans = [
  'borrowStackWithServers',
  'borrowStackTarget',
  'onStack',
  'onBothTargets',
  'borrowEmbeddedTarget',
];

/** The system that a file shares with others, as its place in `loans`; -1 if it shares none. */
const loanOf = ({ moduleId }: TestSpecification) => {
  const text = readFileSync(moduleId, 'utf8');
  return loans.findIndex((name) => text.includes(`${name}(`));
};

/**
 * The slowest files come first, so that no worker ends the run alone with one of them. Short files
 * lie evenly between the long ones: they use the time in which long files wait for their turn, or
 * for a system to start. Files that borrow a running system alternate with files that start their
 * own, so that fewer of them run at a time and fewer shared systems have to be started. Those that
 * share a system follow each other, before it is stopped because nobody uses it.
 */
export class LongFilesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => slowest.findIndex((path) => moduleId.includes(path));
    const sorted = await super.sort(files);
    const first = sorted.filter((file) => rank(file) >= 0).sort((a, b) => rank(a) - rank(b));
    const long = sorted.filter((file) => rank(file) < 0 && isLong(file.moduleId));
    const short = sorted.filter((file) => rank(file) < 0 && !isLong(file.moduleId));
    const owning = long.filter((file) => loanOf(file) < 0);
    const borrowing = loans.flatMap((_, place) => long.filter((file) => loanOf(file) === place));
    return alternate([...first, ...alternate(owning, borrowing)], short);
  }
}

/** Spreads the items of both lists evenly. */
function alternate<T>(some: readonly T[], others: readonly T[]): T[] {
  const placed = [some, others].flatMap((list) =>
    list.map((item, index) => ({ item, place: (index + 0.5) / list.length })),
  );
  return placed.sort((a, b) => a.place - b.place).map(({ item }) => item);
}
