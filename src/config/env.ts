/** The environment of this process: nothing else in the code reads it. */
export function readEnv(): NodeJS.ProcessEnv {
  return process.env
}
