/** The variable of the environment that holds the key, for those that read it and for what is said about it. */
export const KEY_VARIABLE = 'SSE_PROBE_KEY';
