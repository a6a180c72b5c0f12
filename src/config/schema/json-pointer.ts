import { text } from './text.ts'

export const JsonPointer = text('a JSON pointer, such as /spec/replicas').regex(
  /^(?:\/(?:[^~/]|~[01])+)+$/,
  'not a JSON pointer, write it such as /spec/replicas, with ~1 for "/" inside a key',
)
