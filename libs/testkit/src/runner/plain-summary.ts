import type { Reporter, TestModule, Vitest } from 'vitest/node';

/**
 * Ends every run with the line `N passed, M failed`. A file that does not load, a failed hook and
 * an unhandled error count as failures. So does a skipped or planned test, unless a name pattern
 * selected tests. A test that names its missing tool (`context.skip('no Docker engine …')`) is
 * reported with that reason and is not a failure.
 */
export class PlainSummary implements Reporter {
  #passed = 0;
  #failed = 1;
  #filtered = false;
  #notes: string[] = ['The run did not finish.'];

  onInit(vitest: Vitest): void {
    this.#filtered = vitest.config.testNamePattern !== undefined;
    process.once('exit', () => {
      if (this.#failed > 0) process.exitCode = 1;
      for (const note of this.#notes) console.log(note);
      console.log(`${this.#passed} passed, ${this.#failed} failed`);
    });
  }

  onTestRunEnd(
    modules: readonly TestModule[],
    unhandledErrors: readonly unknown[],
    reason: 'passed' | 'interrupted' | 'failed',
  ): void {
    this.#passed = 0;
    this.#failed = unhandledErrors.length;
    this.#notes = [];
    for (const module of modules) this.#count(module);
    if (reason === 'interrupted') this.#fail('The run was interrupted.');
    if (this.#passed + this.#failed === 0) this.#fail('The run executed no test.');
  }

  #count(module: TestModule): void {
    for (const holder of [module, ...module.children.allSuites()]) this.#failed += holder.errors().length;
    for (const test of module.children.allTests()) {
      const result = test.result();
      if (result.state === 'passed') this.#passed += 1;
      else if (result.state === 'failed') this.#failed += 1;
      else if (result.state === 'skipped' && result.note)
        this.#notes.push(`Not run: ${test.fullName}: ${result.note}`);
      else if (!this.#filtered) this.#fail(`Not run: ${module.relativeModuleId} > ${test.fullName}`);
    }
  }

  #fail(note: string): void {
    this.#failed += 1;
    this.#notes.push(note);
  }
}
