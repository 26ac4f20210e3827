import ts from 'typescript';

/** What the compiler finds wrong with programs that are on no disk, by their files. */
export function diagnosticsOf(
  sources: ReadonlyMap<string, string>,
  more: ts.CompilerOptions,
): { file: string | undefined; message: string }[] {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    ...more,
  };
  const host = ts.createCompilerHost(options);
  const inMemory: ts.CompilerHost = {
    ...host,
    fileExists: (file) => sources.has(file) || host.fileExists(file),
    getSourceFile: (file, ...rest) => {
      const code = sources.get(file);
      return code === undefined
        ? host.getSourceFile(file, ...rest)
        : ts.createSourceFile(file, code, ts.ScriptTarget.ES2022);
    },
  };
  return ts
    .getPreEmitDiagnostics(ts.createProgram([...sources.keys()], options, inMemory))
    .map(({ file, messageText }) => ({
      file: file?.fileName,
      message: ts.flattenDiagnosticMessageText(messageText, '\n'),
    }));
}
