'use client'

import { Eye, EyeOff } from 'lucide-react'
import { useState } from 'react'
import { IconButton } from '@/ui/button'
import { Field, Input } from '@/ui/field'

/** What the server asks of a new password; said before one has to guess. */
export const SHORTEST = 10

interface PasswordProps {
  label: string
  value: string
  onChange: (value: string) => void
  autoComplete: 'current-password' | 'new-password'
  error?: string | null
}

/** A password that one can look at while typing. */
export function Password({ label, value, onChange, autoComplete, error }: PasswordProps) {
  const [shown, setShown] = useState(false)
  const fresh = autoComplete === 'new-password'
  return (
    <Field
      label={label}
      error={error}
      hint={fresh ? `At least ${SHORTEST} characters.` : undefined}
    >
      {(wiring) => (
        <div className="relative">
          <Input
            {...wiring}
            type={shown ? 'text' : 'password'}
            name={fresh ? 'new-password' : 'password'}
            autoComplete={autoComplete}
            required
            minLength={fresh ? SHORTEST : undefined}
            className="pr-10"
            value={value}
            onChange={(event) => onChange(event.target.value)}
          />
          <IconButton
            label={shown ? 'Hide password' : 'Show password'}
            size="icon-sm"
            className="absolute top-0.5 right-0.5"
            onClick={() => setShown(!shown)}
          >
            {shown ? <EyeOff size={16} aria-hidden /> : <Eye size={16} aria-hidden />}
          </IconButton>
        </div>
      )}
    </Field>
  )
}
