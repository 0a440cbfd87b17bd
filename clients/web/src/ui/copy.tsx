'use client'

import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Button, IconButton } from './button'

/** Put text on the clipboard, also where the page is not served over HTTPS. */
export async function copyText(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text)
  const area = document.createElement('textarea')
  area.value = text
  document.body.append(area)
  area.select()
  document.execCommand('copy')
  area.remove()
}

interface CopyProps {
  text: string | (() => string)
  label: string
  /** Show the label as words. */
  words?: boolean
  /** Without a frame, beside other quiet buttons. */
  quiet?: boolean
}

export function CopyButton({ text, label, words, quiet }: CopyProps) {
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), 1500)
    return () => clearTimeout(timer)
  }, [copied])

  const copy = () => {
    void copyText(typeof text === 'string' ? text : text()).then(() => setCopied(true))
  }
  const sign = copied ? <Check size={16} aria-hidden /> : <Copy size={16} aria-hidden />
  if (words) {
    return (
      <Button tone={quiet ? 'quiet' : 'plain'} size="sm" onClick={copy}>
        {sign}
        <span aria-live="polite">{copied ? 'Copied' : label}</span>
      </Button>
    )
  }
  return (
    <IconButton label={copied ? 'Copied' : label} size="icon-sm" onClick={copy}>
      {sign}
    </IconButton>
  )
}
