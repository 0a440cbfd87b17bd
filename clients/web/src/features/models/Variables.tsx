'use client'

import { Field, Textarea } from '@/ui/field'

export type Values = Readonly<Record<string, string>>

const VARIABLE = /(\\?)\{\{[ \t]*([a-z][a-z0-9_]{0,39})[ \t]*\}\}/g

/** The names of a text's variables, as the server finds them. */
export function variablesOf(text: string): string[] {
  const found = [...text.matchAll(VARIABLE)].filter(([, escaped]) => !escaped)
  return [...new Set(found.map(([, , name]) => name ?? ''))]
}

/** Only those values that a text has a place for; what is not typed yet is empty. */
export function valuesFor(variables: readonly string[], values: Values): Record<string, string> {
  return Object.fromEntries(variables.map((name) => [name, values[name] ?? '']))
}

interface VariablesProps {
  names: readonly string[]
  values: Values
  onChange: (values: Values) => void
}

/** What stands for the variables of a text. */
export function Variables({ names, values, onChange }: VariablesProps) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      {names.map((name) => (
        <Field key={name} label={`{{${name}}}`}>
          {(wiring) => (
            <Textarea
              {...wiring}
              maxLength={50_000}
              className="min-h-16"
              value={values[name] ?? ''}
              onChange={(event) => onChange({ ...values, [name]: event.target.value })}
            />
          )}
        </Field>
      ))}
    </div>
  )
}
