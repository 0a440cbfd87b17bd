import { models } from '@samoey/api'
import { useQuery } from '@tanstack/react-query'

const BUILT_IN = 'extractive'

/** What may be compared: aliases, and every model that may be chosen in a conversation. */
export function useNames(): string[] | null {
  const list = useQuery(models.list()).data
  const aliases = useQuery(models.aliases()).data
  if (!list || !aliases) return null
  const chosen = list.map(({ id }) => id).filter((id) => id !== BUILT_IN)
  return [...new Set([...aliases.map(({ name }) => name), ...chosen])]
}
