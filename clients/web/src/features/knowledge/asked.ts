import type { Narrowing } from './Facets'

/** How one searches: by words and meaning, by a text as it stands, by a regular expression. */
export const WAYS = ['words', 'text', 'regex'] as const
export type Way = (typeof WAYS)[number]

export interface Asked extends Narrowing {
  q: string
  way: Way
  matchCase: boolean
  word: boolean
}

/** What the address asks for. */
export function readAsked(params: URLSearchParams): Asked {
  const way = WAYS.find((one) => one === params.get('way'))
  return {
    q: params.get('q') ?? '',
    way: way ?? 'words',
    matchCase: params.get('case') === '1',
    word: params.get('word') === '1',
    repositoryId: params.get('repo') ?? '',
    path: params.get('path') ?? '',
    language: params.get('lang') ?? '',
  }
}

/** The address that asks for it, which can be handed on. */
export function addressOf({
  q,
  way,
  matchCase,
  word,
  repositoryId,
  path,
  language,
}: Asked): string {
  const exact = way !== 'words'
  const named = {
    q,
    way: exact ? way : '',
    case: exact && matchCase ? '1' : '',
    word: exact && word ? '1' : '',
    repo: repositoryId,
    path,
    lang: language,
  }
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(named)) if (value) params.set(name, value)
  return `/search/?${params}`
}

/** The same question without anything that narrows it. */
export function everywhere(asked: Asked): Asked {
  return { ...asked, repositoryId: '', path: '', language: '' }
}
