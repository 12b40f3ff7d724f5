/** What options choose among: for the schema and for the help, which must not wait for the schema's library. */
export const ENGINES = ['onnxruntime', 'tfjs'] as const;

/** The backends that stand for a card. */
export const MLU_BACKENDS = ['mlu-online', 'mlu-offline'] as const;

export type MluBackendName = (typeof MLU_BACKENDS)[number];

/** The backends that need scales where they run. */
export const QUANTIZED_BACKENDS = ['int16', 'int8', ...MLU_BACKENDS] as const;

/** Cards that `set_core_version` of MLU PyTorch 1.3 knows. */
export const CORE_VERSIONS = ['MLU270', 'MLU220'] as const;

export const EXECUTIONS = ['exact', 'fast'] as const;

export const ROUNDINGS = ['half-away-from-zero', 'half-to-even', 'half-up'] as const;

export const ACTIVATIONS = ['float32', 'float16'] as const;

export const FUNCTIONS = ['exact', 'table'] as const;
