'use client'

import type { CodeFile } from '@samoey/api'
import { FileQuestion, FileSymlink, FileWarning } from 'lucide-react'
import dynamic from 'next/dynamic'
import { Empty, SkeletonRows } from '@/ui/empty'
import { Button } from '@/ui/button'
import { bytes, many } from '@/ui/format'
import { Link } from '@/ui/link'
import { codeLink, countLines, fitLines, formatLines, type LineRange, targetOf } from './links'

const CodeView = dynamic(() => import('./CodeView'), {
  ssr: false,
  loading: () => <SkeletonRows rows={12} />,
})

interface FileViewProps {
  /** The repository, and the branch or commit that links name. */
  repo: string
  at: string | null
  file: CodeFile
  range: LineRange | null
  onSelect?: (range: LineRange) => void
}

/** A symbolic link: it is never followed by itself, but one may go where it points. */
function SymbolicLink({ repo, at, file }: Omit<FileViewProps, 'range' | 'onSelect'>) {
  const target = (file.text ?? '').replace(/\n$/, '')
  const inside = targetOf(file.path, target)
  return (
    <Empty
      icon={<FileSymlink size={20} aria-hidden />}
      title="A symbolic link"
      act={
        inside === null ? undefined : (
          <Button asChild>
            <Link href={codeLink({ repo, at, path: inside })}>
              Open {inside === '' ? 'the top of the repository' : inside}
            </Link>
          </Button>
        )
      }
    >
      It points to <code className="font-mono text-sm wrap-anywhere text-text">{target}</code>
      {inside === null ? ', which lies outside this repository and is not shown here.' : '.'}
    </Empty>
  )
}

/** A file as far as it can be shown. */
export function FileView({ repo, at, file, range, onSelect }: FileViewProps) {
  if (file.kind === 'link') return <SymbolicLink repo={repo} at={at} file={file} />
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
  const fitting = fitLines(range, file.text)
  return (
    <div className="flex h-full min-h-0 flex-col">
      {range && !fitting ? (
        <p role="status" className="shrink-0 border-b px-4 py-2 text-xs text-quiet nums">
          The address names {formatLines(range)}, but this file has{' '}
          {many(countLines(file.text), 'line')}.
        </p>
      ) : null}
      <div className="min-h-0 grow">
        <CodeView text={file.text} path={file.path} range={fitting} onSelect={onSelect} />
      </div>
    </div>
  )
}
