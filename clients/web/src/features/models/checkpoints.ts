import type { Schemas } from '@samoey/api'

export type Checkpoint = Schemas['CheckpointShape']

/** How a model is run on the server, as it stands in the fields of a form. */
export interface CheckpointForm {
  folder: string
  adapter: string
  task: '' | 'generate' | 'embed'
  device: NonNullable<Checkpoint['device']>
  dtype: NonNullable<Checkpoint['dtype']>
  quantization: NonNullable<Checkpoint['quantization']>
  preload: boolean
  /** Minutes; empty keeps it in memory. */
  idle: string
}

export const NEW_CHECKPOINT: CheckpointForm = {
  folder: '',
  adapter: '',
  task: '',
  device: 'auto',
  dtype: 'auto',
  quantization: 'none',
  preload: false,
  idle: '15',
}

export function toCheckpointForm(checkpoint: Checkpoint): CheckpointForm {
  const { adapter, task, idle_minutes: idle = 15, ...rest } = checkpoint
  return {
    ...NEW_CHECKPOINT,
    ...rest,
    adapter: adapter ?? '',
    task: task ?? '',
    idle: idle === null ? '' : String(idle),
  }
}

/** Minutes as typed; null when nothing is typed, NaN for anything else than a time. */
function toMinutes(typed: string): number | null {
  const bare = typed.trim()
  if (bare === '') return null
  const minutes = Number(bare)
  return minutes > 0 && minutes <= 100_000 ? minutes : NaN
}

/** What is wrong with the form, by field. */
export function checkpointMisfits(
  form: CheckpointForm,
): Partial<Record<keyof CheckpointForm, string>> {
  const wrong: Partial<Record<keyof CheckpointForm, string>> = {}
  if (form.folder.trim() === '') wrong.folder = 'Say in which folder of the server it lies.'
  else if (!form.folder.trim().startsWith('/')) wrong.folder = 'The whole path, from / on.'
  if (form.adapter.trim() && !form.adapter.trim().startsWith('/')) {
    wrong.adapter = 'The whole path, from / on.'
  }
  if (form.quantization === 'int4' && form.device === 'cpu') {
    wrong.quantization = '4 bits need a GPU.'
  }
  if (!form.preload && Number.isNaN(toMinutes(form.idle))) {
    wrong.idle = 'A number of minutes, or nothing.'
  }
  return wrong
}

/** What the form says of a folder; the server tells the task where nobody chose one. */
export function checkpointBody(form: CheckpointForm): Checkpoint {
  const { folder, adapter, task, idle, ...rest } = form
  const minutes = toMinutes(idle)
  return {
    ...rest,
    folder: folder.trim(),
    adapter: adapter.trim() || null,
    task: task || null,
    // One that stays in memory is asked for no time, which may have been left half written.
    idle_minutes: Number.isNaN(minutes) ? null : minutes,
  }
}

/** What a model in this folder is called unless somebody says otherwise. */
export function nameOfFolder(folder: string): string {
  const parts = folder.split('/').filter(Boolean)
  // A hub's cache calls its folders by a hash, below the name that people know.
  const hub = parts.findLast((part) => part.startsWith('models--'))
  const name = hub ? hub.split('--').slice(1).join('/') : (parts.at(-1) ?? '')
  return name.replace(/\s+/g, '-').slice(0, 200)
}

/** How a model is run, in a few words. */
export function checkpointFacts(checkpoint: Checkpoint | null): string[] {
  if (!checkpoint) return []
  const { adapter, task, device, quantization, preload, idle_minutes } = checkpoint
  return [
    adapter ? `with the adapter ${nameOfFolder(adapter)}` : '',
    task === 'embed' ? 'makes vectors' : '',
    device === 'cpu' ? 'on the CPU' : device === 'cuda' ? 'on the GPU' : '',
    quantization === 'int8' ? 'in 8 bits' : quantization === 'int4' ? 'in 4 bits' : '',
    preload ? 'loaded from the start' : idle_minutes === null ? 'kept once loaded' : '',
  ].filter(Boolean)
}
