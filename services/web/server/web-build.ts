import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

export interface File {
  type: string;
  content: Buffer;
  gzip: Buffer;
}

export interface Page extends File {
  tag: string;
}

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** A build of the web client, in memory as a whole, because later builds delete its files. */
export class WebBuild {
  readonly #html: string;
  readonly #assets: Map<string, File>;
  readonly #pages = new Map<string, Page>();

  /** @param index the path of its page */
  constructor(index: string) {
    // The page first: a build that replaces it now has already written its files.
    this.#html = readFileSync(index, 'utf8');
    const folder = join(dirname(index), 'assets');
    this.#assets = new Map(
      readdirSync(folder).map((name) => [name, fileOf(name, readFileSync(join(folder, name)))]),
    );
  }

  asset(name: string): File | undefined {
    return this.#assets.get(name);
  }

  /** The page for an address below the public path, such as `/rooms/1`. */
  page(path: string): Page {
    // Relative, so that the links of the page work under any prefix, also one that a proxy strips.
    const base = '../'.repeat(path.split('/').length - 2) || './';
    const page = this.#pages.get(base) ?? this.#pageAt(base);
    // Addresses of any depth must not fill the memory.
    if (this.#pages.size < 10) this.#pages.set(base, page);
    return page;
  }

  #pageAt(base: string): Page {
    const content = Buffer.from(this.#html.replace('<base href="/">', `<base href="${base}">`));
    const tag = `"${createHash('sha256').update(content).digest('base64url')}"`;
    return { ...fileOf('index.html', content), tag };
  }
}

function fileOf(name: string, content: Buffer): File {
  const type = types[extname(name)] ?? 'application/octet-stream';
  return { type, content, gzip: gzipSync(content) };
}
