export { apartBy, choices } from './apart'
export { Code } from './Code'
export { CodePeek } from './CodePeek'
export { AddRepositoryLine, FirstRepository } from './FirstRepository'
export {
  codeLink,
  type LineRange,
  parseLines,
  type Place,
  readPeek,
  withoutPeek,
  withPeek,
} from './links'
export { Repositories, useRepositories } from './Repositories'
export { workOf } from './progress'
