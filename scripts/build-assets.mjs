// jsii copies nothing but what it compiles; shell scripts are read at run time, from beside the compiled code.
import { cpSync } from 'node:fs';

cpSync('lib', 'build/lib', { recursive: true, filter: (source) => !source.endsWith('.ts') });
