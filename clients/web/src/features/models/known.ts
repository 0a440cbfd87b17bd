import type { Provider } from '@samoey/api'

export interface KnownVendor {
  /** What the provider is called here unless somebody says otherwise. */
  name: string
  title: string
  kind: Provider['kind']
  address: string
  /** Runs on one's own machines, mostly without a key. */
  own?: boolean
}

/** How vendors are known: choosing one fills in what they all have in common. */
export const KNOWN: readonly KnownVendor[] = [
  { name: 'openai', title: 'OpenAI', kind: 'openai', address: 'https://api.openai.com/v1' },
  {
    name: 'anthropic',
    title: 'Anthropic',
    kind: 'anthropic',
    address: 'https://api.anthropic.com',
  },
  { name: 'azure', title: 'Azure OpenAI', kind: 'azure', address: '' },
  {
    name: 'gemini',
    title: 'Google Gemini',
    kind: 'openai',
    address: 'https://generativelanguage.googleapis.com/v1beta/openai',
  },
  { name: 'mistral', title: 'Mistral', kind: 'openai', address: 'https://api.mistral.ai/v1' },
  { name: 'deepseek', title: 'DeepSeek', kind: 'openai', address: 'https://api.deepseek.com/v1' },
  {
    name: 'openrouter',
    title: 'OpenRouter',
    kind: 'openai',
    address: 'https://openrouter.ai/api/v1',
  },
  { name: 'groq', title: 'Groq', kind: 'openai', address: 'https://api.groq.com/openai/v1' },
  { name: 'together', title: 'Together', kind: 'openai', address: 'https://api.together.xyz/v1' },
  {
    name: 'fireworks',
    title: 'Fireworks',
    kind: 'openai',
    address: 'https://api.fireworks.ai/inference/v1',
  },
  { name: 'xai', title: 'xAI', kind: 'openai', address: 'https://api.x.ai/v1' },
  {
    name: 'huggingface',
    title: 'Hugging Face',
    kind: 'openai',
    address: 'https://router.huggingface.co/v1',
  },
  {
    name: 'ollama',
    title: 'Ollama',
    kind: 'openai',
    address: 'http://localhost:11434/v1',
    own: true,
  },
  { name: 'vllm', title: 'vLLM', kind: 'openai', address: 'http://localhost:8000/v1', own: true },
  {
    name: 'lm_studio',
    title: 'LM Studio',
    kind: 'openai',
    address: 'http://localhost:1234/v1',
    own: true,
  },
]

/** Models whose files lie on the server itself, and that it runs. */
export const HERE: KnownVendor = {
  name: 'here',
  title: 'This server, by transformers',
  kind: 'transformers',
  address: '',
  own: true,
}

/** Whatever speaks OpenAI's protocol and is not in the list. */
export const OTHER: KnownVendor = {
  name: 'own',
  title: 'Another server that speaks OpenAI’s protocol',
  kind: 'openai',
  address: '',
  own: true,
}

export const vendorNamed = (name: string): KnownVendor =>
  [...KNOWN, HERE].find((one) => one.name === name) ?? OTHER

/** The name, or the first of `name-2`, `name-3`… that nobody has. */
export function freeName(name: string, taken: readonly string[]): string {
  if (!taken.includes(name)) return name
  let number = 2
  while (taken.includes(`${name}-${number}`)) number += 1
  return `${name}-${number}`
}

const KINDS: Record<Provider['kind'], string> = {
  openai: 'OpenAI’s protocol',
  azure: 'Azure OpenAI',
  anthropic: 'Anthropic’s protocol',
  transformers: 'runs on this server',
}

/** What a provider speaks, in words. */
export const kindWords = (kind: Provider['kind']): string => KINDS[kind]
