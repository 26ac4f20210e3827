// Writes the names of all props of the public API into lib/private/prop-names.ts, or into the file that is named. A second file
// gets what takes them: each constructor and method with the places of its parameters, for the test that tries them all.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import prettier from 'prettier';
import ts from 'typescript';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [output = join(root, 'lib/private/prop-names.ts'), takersOutput] = process.argv.slice(2);

const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
const program = ts.createProgram([join(root, 'lib/index.ts')], options);
const checker = program.getTypeChecker();

/** By name: what declares a struct, and its props with the struct that each holds, if it is one of ours. */
const structs = new Map();
const takers = [];

const isOurs = (declaration) => declaration.getSourceFile().fileName.startsWith(join(root, 'lib/'));

/** The name of the struct that a type is. As in jsii, an interface whose name begins with I is one of behavior. */
function structOf(type) {
  const symbol = type.getSymbol();
  const declaration = symbol?.declarations?.find(ts.isInterfaceDeclaration);
  if (!declaration || !isOurs(declaration) || /^I[A-Z]/.test(symbol.name)) return undefined;
  const props = checker.getPropertiesOfType(type);
  // What it has of another library may be more in another version of that.
  if (!props.every((prop) => prop.declarations.every(isOurs))) return undefined;
  const known = structs.get(symbol.name);
  if (known && known.declaration !== declaration) throw new Error(`Two structs are called ${symbol.name}`);
  if (!known) {
    const names = [];
    structs.set(symbol.name, { declaration, names });
    names.push(...props.map((prop) => prop.name + heldBy(checker.getTypeOfSymbolAtLocation(prop, declaration))));
  }
  return symbol.name;
}

function heldBy(optional) {
  const type = checker.getNonNullableType(optional);
  const isList = checker.isArrayType(type);
  const struct = structOf(isList ? checker.getTypeArguments(type)[0] : type);
  return struct ? `:${struct}${isList ? '[]' : ''}` : '';
}

function addTakers(of, member, signatures) {
  for (const signature of signatures) {
    const parameters = signature.getParameters();
    parameters.forEach((parameter, at) => {
      const struct = structOf(checker.getNonNullableType(checker.getTypeOfSymbol(parameter)));
      if (struct) takers.push({ of, ...member, parameters: parameters.map(({ name }) => name), at, struct });
    });
  }
}

const isPublic = ({ valueDeclaration, name }) =>
  !name.startsWith('_') &&
  !(ts.getCombinedModifierFlags(valueDeclaration) & ts.ModifierFlags.NonPublicAccessibilityModifier);

function addClass(symbol) {
  const type = checker.getTypeOfSymbol(symbol);
  const constructors = type
    .getConstructSignatures()
    .filter(({ declaration }) => !declaration || isPublic({ valueDeclaration: declaration, name: '' }));
  addTakers(symbol.name, {}, constructors);
  for (const [of, isStatic] of [
    [type, true],
    [checker.getDeclaredTypeOfSymbol(symbol), false],
  ]) {
    for (const member of checker.getPropertiesOfType(of).filter((one) => one.valueDeclaration && isPublic(one))) {
      addTakers(symbol.name, { member: member.name, isStatic }, checker.getTypeOfSymbol(member).getCallSignatures());
    }
  }
}

const index = checker.getSymbolAtLocation(program.getSourceFile(join(root, 'lib/index.ts')));
for (const exported of checker.getExportsOfModule(index)) {
  const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
  if (symbol.flags & ts.SymbolFlags.Class) addClass(symbol);
  else if (symbol.flags & ts.SymbolFlags.Interface) structOf(checker.getDeclaredTypeOfSymbol(symbol));
}

const lines = [...structs].map(([name, { names }]) => `${name}: '${names.sort().join(' ')}',\n`);
const text = `// Written by \`npm run prop-names\`, not to be edited.

/** The props of each public struct; behind a colon the struct that a prop holds, [] if it is a list of them. */
export const PROP_NAMES = {
${lines.sort().join('')}} as const;
`;
const style = await prettier.resolveConfig(join(root, 'lib/index.ts'));
writeFileSync(output, await prettier.format(text, { ...style, parser: 'typescript' }));
if (takersOutput) writeFileSync(takersOutput, JSON.stringify(takers));
