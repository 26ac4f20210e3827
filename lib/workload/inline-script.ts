/**
 * A script as an argument of a container. The kubelet puts variables there itself: it reads `$(NAME)` as one, and `$$` as a single `$`.
 *
 * @see https://kubernetes.io/docs/tasks/inject-data-application/define-command-argument-container/
 */
export function inlineScript(text: string): string {
  // From left to right, as the kubelet reads: what stands in other parentheses is no name, and left as it is with all in it.
  return text.replace(/\$\$|\$\(([^)]*)\)/g, (match: string, name: string | undefined) => {
    if (name === undefined) return '$$$$';
    return /^[-._A-Za-z0-9]+$/.test(name) ? `$${match}` : match;
  });
}
