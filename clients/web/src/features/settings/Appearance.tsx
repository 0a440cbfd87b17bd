'use client'

import { Contrast, Monitor, Moon, Sun } from 'lucide-react'
import type { ReactNode } from 'react'
import { type Contrast as ContrastChoice, type Theme, useLook } from '@/session'
import { cn } from '@/ui/cn'

interface ChoiceProps<T extends string> {
  label: string
  name: string
  value: T
  onChange: (value: T) => void
  options: { value: T; label: string; sign: ReactNode }[]
}

function Choice<T extends string>({ label, name, value, onChange, options }: ChoiceProps<T>) {
  return (
    <fieldset>
      <legend className="mb-2 text-sm font-medium">{label}</legend>
      <div className="flex flex-wrap gap-2">
        {options.map((option) => (
          <label
            key={option.value}
            className={cn(
              'flex h-9 cursor-pointer items-center gap-2 rounded-sm border border-line-strong px-3 text-sm hover:bg-wash-strong has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent',
              option.value === value && 'border-accent bg-accent-wash font-medium',
            )}
          >
            <input
              type="radio"
              className="sr-only"
              name={name}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
            />
            {option.sign}
            {option.label}
          </label>
        ))}
      </div>
    </fieldset>
  )
}

/** How the product looks on this device. */
export function Appearance() {
  const { theme, setTheme, contrast, setContrast } = useLook()
  return (
    <div className="flex flex-col gap-6">
      <Choice<Theme>
        label="Theme"
        name="theme"
        value={theme}
        onChange={setTheme}
        options={[
          { value: 'system', label: 'As the system', sign: <Monitor size={16} aria-hidden /> },
          { value: 'light', label: 'Light', sign: <Sun size={16} aria-hidden /> },
          { value: 'dark', label: 'Dark', sign: <Moon size={16} aria-hidden /> },
        ]}
      />
      <Choice<ContrastChoice>
        label="Contrast"
        name="contrast"
        value={contrast}
        onChange={setContrast}
        options={[
          { value: 'normal', label: 'Normal', sign: null },
          { value: 'more', label: 'High', sign: <Contrast size={16} aria-hidden /> },
        ]}
      />
      <p className="text-sm text-quiet">Kept on this device only.</p>
    </div>
  )
}
