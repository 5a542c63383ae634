import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Files that start whole systems take minutes, and others seconds: they come first, so that no worker ends
 * the run alone with one of them.
 */
export class LongFilesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => moduleId.includes('/deploy/tests/');
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}
