import { guardOutput } from './guard/output-guard';
import { registerOutputCheck } from './synth/output-check';

// lib/synth and lib/guard stand beside each other, and neither knows the other. Whoever names LinearApp gets it with its check.
registerOutputCheck((question) => guardOutput(question));

export { LinearApp } from './synth/linear-app';
export type { LinearAppProps } from './synth/linear-app';
