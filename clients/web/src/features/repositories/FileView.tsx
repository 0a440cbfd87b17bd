'use client'

import type { CodeFile } from '@samoey/api'
import { FileQuestion, FileWarning } from 'lucide-react'
import dynamic from 'next/dynamic'
import { Empty, SkeletonRows } from '@/ui/empty'
import { bytes } from '@/ui/format'
import type { LineRange } from './links'

const CodeView = dynamic(() => import('./CodeView'), {
  ssr: false,
  loading: () => <SkeletonRows rows={12} />,
})

interface FileViewProps {
  file: CodeFile
  range: LineRange | null
  onSelect?: (range: LineRange) => void
}

/** A file as far as it can be shown. */
export function FileView({ file, range, onSelect }: FileViewProps) {
  if (file.kind === 'binary') {
    return (
      <Empty icon={<FileQuestion size={20} aria-hidden />} title="A binary file">
        {bytes(file.size)} that are not text. It is not indexed and cannot be shown here.
      </Empty>
    )
  }
  if (file.kind === 'large' || file.text == null) {
    return (
      <Empty icon={<FileWarning size={20} aria-hidden />} title="Too large to show">
        {bytes(file.size)} of text. Open it in your own editor; here it would only be slow.
      </Empty>
    )
  }
  if (file.text === '') return <Empty title="An empty file" />
  return <CodeView text={file.text} path={file.path} range={range} onSelect={onSelect} />
}
