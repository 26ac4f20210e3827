import { importX, createNodeResolver } from 'eslint-plugin-import-x';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

// From the top: each floor imports only from itself and the floors below it.
const floors = ['alerts', 'ark', 'cloudnative-pg', 'backup', 'database', 'workload', 'storage', 'private'];

const zones = [
  ...floors.map((floor, level) => ({
    target: `./lib/${floor}`,
    from: './lib',
    except: [...floors.slice(level), 'units'].map((below) => `./${below}`),
    message: `Of lib, lib/${floor} imports only ${floors.slice(level).join(', ')}.`,
  })),
  { target: './lib/synth', from: './lib', except: ['./synth'], message: 'lib/synth stands beside the floors.' },
  {
    target: './lib/guard',
    from: './lib',
    except: ['./guard', './units'],
    message: 'lib/guard knows YAML, and no construct.',
  },
  { target: './lib/units', from: './lib', except: ['./units'], message: 'lib/units is what all may import.' },
  { target: './lib/!(guard)/**', from: './lib/guard', message: 'lib/guard is a program beside the constructs.' },
  {
    target: './lib',
    from: '.',
    except: ['./lib', './imports', './node_modules'],
    message: 'lib knows nothing of what is built on it.',
  },
  {
    target: ['./*.ts', './lib/index.ts', './lib/!(ark)/**', './scenarios', './test'],
    from: './imports',
    message: 'imports/ is for lib/ark alone.',
  },
];

const onlyImports = (allowed, message) => [
  'error',
  { patterns: [{ regex: `^(?!(${allowed.join('|')})$)`, message: `${message} (${allowed.join(', ')})` }] },
];
const peers = ['cdk8s', 'cdk8s-plus-27', 'constructs'];

export default defineConfig(
  globalIgnores(['build/', 'coverage/', 'dist/', 'imports/', 'packages/', '.dist-*/']),
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    plugins: { 'import-x': importX },
    languageOptions: {
      parserOptions: { project: ['./tsconfig.json', './images/*/tsconfig.json'], tsconfigRootDir: import.meta.dirname },
    },
    settings: {
      'import-x/extensions': ['.ts'],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
      'import-x/resolver-next': [createNodeResolver({ extensions: ['.ts', '.js', '.json'] })],
    },
    rules: {
      'import-x/no-cycle': 'error',
      'import-x/no-restricted-paths': ['error', { basePath: import.meta.dirname, zones }],
      'import-x/no-unresolved': 'error',
      'import-x/order': ['error', { alphabetize: { order: 'asc' }, 'newlines-between': 'never' }],
      // jsii knows maps by their index signature.
      '@typescript-eslint/consistent-indexed-object-style': ['error', 'index-signature'],
      '@typescript-eslint/explicit-member-accessibility': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      eqeqeq: 'error',
      // A class of static factories is how jsii spells an open set; a construct is made for its effect.
      '@typescript-eslint/no-extraneous-class': 'off',
    },
  },
  {
    files: ['lib/**/*.ts'],
    rules: {
      'no-console': 'error',
      'no-restricted-imports': onlyImports(['\\..*', ...peers, 'node:.*'], 'lib runs on its peers and Node alone'),
    },
  },
  {
    files: ['lib/guard/**/*.ts'],
    rules: {
      'no-restricted-imports': onlyImports(['\\..*', 'yaml', 'node:.*'], 'lib/guard runs on yaml and Node alone'),
      // A table's type says what its functions take.
      '@typescript-eslint/explicit-module-boundary-types': ['error', { allowTypedFunctionExpressions: true }],
    },
  },
  {
    files: ['lib/guard/rules/*-rules.ts'],
    rules: { '@typescript-eslint/explicit-module-boundary-types': 'off' },
  },
  {
    files: ['scenarios/**/*.ts'],
    rules: {
      'no-restricted-imports': onlyImports(['\\.\\./lib', ...peers], 'A scenario uses what any user has'),
    },
  },
  {
    files: ['main.ts'],
    rules: {
      'no-restricted-imports': onlyImports(
        ['cdk8s', '\\./scenarios/.*', '\\./lib(/synth(/.*)?)?'],
        'main.ts only composes the scenarios',
      ),
    },
  },
  {
    // What cdk8s synthesizes is any; a test that reads a field that is not there fails by itself.
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    files: ['**/*.{js,cjs,mjs}'],
    extends: [tseslint.configs.recommended],
    rules: { '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }] },
  },
  { files: ['**/*.cjs', 'plugin/*.js'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
);
