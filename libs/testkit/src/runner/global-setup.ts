import type { TestProject } from 'vitest/node';
import { findServices } from './find-services.ts';

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const services = await findServices(process.env);
  project.provide('testServices', services.urls);
  return services.stop;
}
