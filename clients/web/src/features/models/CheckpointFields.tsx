'use client'

import { Checkbox, Field, Input } from '@/ui/field'
import { Select } from '@/ui/select'
import type { CheckpointForm, checkpointMisfits } from './checkpoints'

interface FieldsProps {
  form: CheckpointForm
  wrong: ReturnType<typeof checkpointMisfits>
  change: (part: Partial<CheckpointForm>) => void
}

const TASKS = [
  { value: '', label: 'As its configuration says' },
  { value: 'generate', label: 'Writes text' },
  { value: 'embed', label: 'Makes vectors' },
]

const DEVICES = [
  { value: 'auto', label: 'A GPU where there is one' },
  { value: 'cpu', label: 'The CPU' },
  { value: 'cuda', label: 'A GPU' },
]

const QUANTIZATIONS = [
  { value: 'none', label: 'Whole' },
  { value: 'int8', label: '8 bits', hint: 'A quarter of the memory of 32 bits.' },
  { value: 'int4', label: '4 bits', hint: 'On a GPU only.' },
]

const DTYPES = [
  { value: 'auto', label: 'As they were saved' },
  { value: 'float32', label: 'float32' },
  { value: 'bfloat16', label: 'bfloat16' },
  { value: 'float16', label: 'float16' },
]

interface ChoiceProps extends FieldsProps {
  field: 'task' | 'device' | 'quantization' | 'dtype'
  label: string
  options: { value: string; label: string; hint?: string }[]
}

function Choice({ field, label, options, form, wrong, change }: ChoiceProps) {
  return (
    <Field label={label} error={wrong[field]}>
      {(wiring) => (
        <Select
          {...wiring}
          value={form[field]}
          onChange={(chosen) => change({ [field]: chosen })}
          options={options}
        />
      )}
    </Field>
  )
}

interface PathProps extends FieldsProps {
  field: 'folder' | 'adapter'
  label: string
  hint: string
  optional?: boolean
}

/** A folder of the server, by its whole path. */
export function PathField({ field, label, hint, optional, form, wrong, change }: PathProps) {
  return (
    <Field label={label} hint={hint} optional={optional} error={wrong[field]}>
      {(wiring) => (
        <Input
          {...wiring}
          spellCheck={false}
          autoComplete="off"
          maxLength={1000}
          className="font-mono text-sm"
          value={form[field]}
          onChange={(event) => change({ [field]: event.target.value })}
        />
      )}
    </Field>
  )
}

function MemoryFields({ form, wrong, change }: FieldsProps) {
  return (
    <>
      <Checkbox
        label="Load it from the start, and keep it"
        hint="Else the first question loads it, which takes ten seconds and more."
        checked={form.preload}
        onChange={(event) => change({ preload: event.target.checked })}
      />
      {form.preload ? null : (
        <Field
          label="Minutes unasked until its memory is freed"
          hint="Empty keeps it."
          error={wrong.idle}
        >
          {(wiring) => (
            <Input
              {...wiring}
              inputMode="decimal"
              autoComplete="off"
              className="w-24 nums"
              value={form.idle}
              onChange={(event) => change({ idle: event.target.value })}
            />
          )}
        </Field>
      )}
    </>
  )
}

/** How a model of this server is run: what is put on it, where, how exact, how long. */
export function CheckpointFields(props: FieldsProps) {
  return (
    <>
      <PathField
        {...props}
        field="adapter"
        label="Adapter"
        optional
        hint="The folder of a LoRA adapter that is put on the model."
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <Choice {...props} field="device" label="Runs on" options={DEVICES} />
        <Choice {...props} field="quantization" label="Its weights" options={QUANTIZATIONS} />
        <Choice {...props} field="dtype" label="Numbers" options={DTYPES} />
        <Choice {...props} field="task" label="Task" options={TASKS} />
      </div>
      <MemoryFields {...props} />
    </>
  )
}
