import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { allOperations } from '@parley/contracts';
import { temporaryFolder } from '@parley/testkit';
import { type Plugin, rollup } from 'rollup';
import { dts } from 'rollup-plugin-dts';
import ts from 'typescript';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const client = `${root}libs/client/src`;
const { options } = ts.parseJsonConfigFileContent(
  ts.readConfigFile(`${root}tsconfig.base.json`, ts.sys.readFile).config,
  ts.sys,
  root,
);

/**
 * The client's declarations in one file. It imports nothing: the types that come from the contracts
 * are written out, because they are derived from schemas of Zod.
 */
export async function clientDeclarations(): Promise<string> {
  const contract = join(temporaryFolder(), 'contract.d.ts');
  writeFileSync(contract, writtenOut(`${client}/contract.ts`));
  return bundled(`${client}/index.ts`, {
    name: 'contract-types-are-written-out',
    resolveId: (path) => (path.endsWith('/contract.ts') ? contract : null),
  });
}

/**
 * The declarations of the hooks in one file. It imports React and the client, whose published types
 * load faster than its source.
 */
export const reactDeclarations = (): Promise<string> =>
  bundled(
    `${root}libs/react/src/index.ts`,
    {
      name: 'peers-are-imported',
      resolveId: (id) => (id === 'react' || id === '@parley/client' ? { id, external: true } : null),
    },
    { '@parley/client': [`${root}libs/client/parley-client.d.ts`] },
  );

/** The type check of the repository finds the errors: checking all bodies here takes far longer. */
const emitAlone = { noEmit: false, noCheck: true, stripInternal: true };

async function bundled(input: string, plugin: Plugin, paths: ts.MapLike<string[]> = {}): Promise<string> {
  const bundle = await rollup({
    input,
    plugins: [plugin, dts({ compilerOptions: { ...options, ...emitAlone, paths } })],
    onwarn: ({ message }) => {
      throw new Error(message);
    },
  });
  const { output } = await bundle.generate({ format: 'es' });
  await bundle.close();
  return output[0].code;
}

/** The file's exported types without any reference to types that it does not export. */
function writtenOut(path: string): string {
  const program = ts.createProgram([path], options);
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(path);
  const module = source && checker.getSymbolAtLocation(source);
  if (!module) throw new Error(`${path} is not a module`);
  const types = checker
    .getExportsOfModule(module)
    .map((symbol) => ({ name: symbol.name, type: checker.getDeclaredTypeOfSymbol(symbol) }));
  const printer = new DataTypePrinter(checker, new Map(types.map(({ name, type }) => [type, name])));
  return types.map(({ name, type }) => `export type ${name} = ${printer.members(type, '')};\n`).join('\n');
}

/** These are printed as the checker names them: `string`, `'a'`, `null`. */
const simple =
  ts.TypeFlags.String |
  ts.TypeFlags.Number |
  ts.TypeFlags.Boolean |
  ts.TypeFlags.Literal |
  ts.TypeFlags.Null |
  ts.TypeFlags.Undefined |
  ts.TypeFlags.Unknown |
  ts.TypeFlags.Void;

const summaries = new Map(allOperations.map(({ id, summary }) => [id, summary]));

/** Prints types of JSON data. */
class DataTypePrinter {
  readonly #checker: ts.TypeChecker;
  readonly #names: ReadonlyMap<ts.Type, string>;

  /** @param names types that are printed as a name */
  constructor(checker: ts.TypeChecker, names: ReadonlyMap<ts.Type, string>) {
    this.#checker = checker;
    this.#names = names;
  }

  print(type: ts.Type, indent: string): string {
    const name = this.#names.get(type);
    if (name) return name;
    if (type.flags & simple) return this.#checker.typeToString(type);
    if (type.isUnion()) return this.#union(type, indent);
    if (this.#checker.isArrayType(type)) {
      const item = this.print(this.#checker.getTypeArguments(type as ts.TypeReference)[0] as ts.Type, indent);
      return /^\{|^\w+$/.test(item) ? `${item}[]` : `(${item})[]`;
    }
    return this.members(type, indent);
  }

  /** The members of an object type, or of the intersection of some. */
  members(type: ts.Type, indent: string): string {
    if (type.isUnion()) return this.#union(type, indent);
    if (!(type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) || type.getCallSignatures().length)
      throw new Error(`${this.#checker.typeToString(type)} is not a type of JSON data`);
    const inner = `${indent}    `;
    const indexes = this.#checker
      .getIndexInfosOfType(type)
      .map((index) => `${inner}[key: string]: ${this.print(index.type, inner)};`);
    const properties = this.#checker.getPropertiesOfType(type).map((property) => {
      const summary = summaries.get(property.name);
      const comment = summary && indent === '' ? `${inner}/** ${summary} */\n` : '';
      const optional = property.flags & ts.SymbolFlags.Optional ? '?' : '';
      const value = this.print(this.#checker.getTypeOfSymbol(property), inner);
      return `${comment}${inner}${property.name}${optional}: ${value};`;
    });
    const lines = [...indexes, ...properties];
    return lines.length > 0 ? `{\n${lines.join('\n')}\n${indent}}` : 'Record<never, never>';
  }

  /** Null and undefined last, and `boolean` instead of its two values. */
  #union({ types }: ts.UnionType, indent: string): string {
    const isBoolean = types.filter(({ flags }) => flags & ts.TypeFlags.BooleanLiteral).length === 2;
    const empty = ts.TypeFlags.Null | ts.TypeFlags.Undefined;
    const parts = types
      .toSorted((a, b) => Number((a.flags & empty) !== 0) - Number((b.flags & empty) !== 0))
      .map((type) =>
        isBoolean && type.flags & ts.TypeFlags.BooleanLiteral ? 'boolean' : this.print(type, indent),
      );
    return [...new Set(parts)].join(' | ');
  }
}
