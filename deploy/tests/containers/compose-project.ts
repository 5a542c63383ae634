import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, releasePort } from '@parley/servers';
import { eventually, temporaryFolder, testNamespace } from '@parley/testkit';
import { docker, dockerNow } from './engine.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const built = ['auth', 'directory', 'messages', 'notifications', 'hooks', 'gateway', 'web'];

/**
 * docker-compose.yml as a separate project: its names, port, images and secrets are its own, and
 * disappear with `remove()` or with this process.
 */
export class ComposeProject {
  readonly secrets: readonly string[];
  readonly #name = `parley-${testNamespace()}`;
  readonly #env: Record<string, string>;
  readonly #args: readonly string[];
  #port = 0;
  #removed = false;
  readonly #onExit = () => {
    dockerNow([...this.#args, 'down', '--volumes', '--timeout', '0'], this.#env);
    dockerNow(['rmi', '--force', ...built.map((service) => this.image(service))]);
  };

  constructor(settings: Record<string, string>) {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'deploy'));
    for (const file of ['docker-compose.yml', 'deploy/init-env'])
      copyFileSync(join(root, file), join(folder, file));
    execFileSync(join(folder, 'deploy/init-env'));
    const envFile = join(folder, '.env');
    this.secrets = [...readFileSync(envFile, 'utf8').matchAll(/^[A-Z_]+=(.+)$/gm)].map(
      ([, value = '']) => value,
    );
    this.#env = { ...settings, IMAGE_PREFIX: this.#name };
    this.#args = [
      'compose',
      '--project-directory',
      root,
      '--env-file',
      envFile,
      '--project-name',
      this.#name,
    ];
    process.once('exit', this.#onExit);
  }

  /** Results of the last `up()`. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  image(service: string): string {
    return `${this.#name}-${service}`;
  }

  compose(...args: string[]): Promise<string> {
    return docker([...this.#args, ...args], this.#env);
  }

  /**
   * Builds, starts, and waits until everything is healthy. Uses another port if its own is taken.
   * @throws with the last log lines of every container
   */
  async up(...args: string[]): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      this.#port ||= await freePort();
      this.#env.PUBLISH = `127.0.0.1:${this.#port}`;
      try {
        return await this.#upOnce(args);
      } catch (error) {
        if (attempt === 5 || !/port is already allocated|address already in use/.test(String(error)))
          throw error;
        releasePort(this.#port);
        this.#port = 0;
      }
    }
  }

  async #upOnce(args: readonly string[]): Promise<void> {
    try {
      await this.compose('up', '--detach', '--wait', '--wait-timeout', '300', ...args);
    } catch (error) {
      const logs = await this.compose('logs', '--tail', '20').catch(String);
      throw new Error(`${(error as Error).message}\n${logs}`);
    }
  }

  /** Ids of a service's running containers. */
  async containers(service: string): Promise<string[]> {
    return (await this.compose('ps', '--quiet', service)).split('\n').filter(Boolean);
  }

  /** The only container of a service. */
  async container(service: string): Promise<string> {
    const [id = ''] = await this.containers(service);
    return id;
  }

  /** Filter of docker's lists for this project. */
  get filter(): string[] {
    return ['--filter', `label=com.docker.compose.project=${this.#name}`];
  }

  /** Ids of all its containers, networks, volumes and images. */
  async leftovers(): Promise<string> {
    const ours = [...this.filter, '--quiet'];
    const found = [
      docker(['ps', '--all', ...ours]),
      docker(['network', 'ls', ...ours]),
      docker(['volume', 'ls', ...ours]),
      docker(['images', '--quiet', `${this.#name}-*`]),
    ];
    return (await Promise.all(found)).join('');
  }

  /** Idempotent. */
  async remove(): Promise<void> {
    if (this.#removed) return;
    // An engine may take a moment to release a network whose last container has just gone.
    await eventually(() => this.compose('down', '--volumes'), { timeoutMs: 150_000 });
    await docker(['rmi', '--force', ...built.map((service) => this.image(service))]);
    process.removeListener('exit', this.#onExit);
    this.#removed = true;
  }
}
