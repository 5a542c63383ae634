import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that start whole systems or servers of their own. */
const isLong = ({ moduleId }: TestSpecification) =>
  /\/deploy\/tests\/|\/libs\/(bus|servers)\/|-outage\.test\.ts$/.test(moduleId);

/** Long files come first, so that no worker ends the run alone with one of them. */
export class LongFilesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}
